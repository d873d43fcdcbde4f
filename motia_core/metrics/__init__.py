"""Counting what happens, at next to no cost, and writing it down for those who scrape. Knows no other room."""
