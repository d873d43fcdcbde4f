"""Real projects of every shape, through `motia dev`, `motia check` and `motia list`."""
