"""One module per kind of figure; each has `measure(results, options)`."""
