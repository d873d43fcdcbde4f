"""The workbench in a real browser, against real servers."""
