"""The composition root: `application` builds everything from a configuration and owns the order of start and stop."""
