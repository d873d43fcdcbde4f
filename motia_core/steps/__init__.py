"""What the user wrote: finding step files, reading their configs, the registry of what is served."""
