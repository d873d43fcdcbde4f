"""The built-in screens."""
