"""The wire as values."""
