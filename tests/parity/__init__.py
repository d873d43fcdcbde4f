"""One table of behaviours, five ways to write each: what one language can do, all can, and they answer alike."""
