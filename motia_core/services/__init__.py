"""What a running step may ask: one file per wire namespace, `table` routes, `running` knows who may ask."""
