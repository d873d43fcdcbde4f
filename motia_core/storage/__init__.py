"""Storage: `base` holds the promises, `open` finds the backend, each backend is a folder of the same files."""
