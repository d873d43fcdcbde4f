"""The published stream clients, unchanged, against real servers: in Node and in pages of a real browser."""
