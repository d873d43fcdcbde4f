"""Configuration: `knobs` says what can be set, `load` finds and merges what was set."""

from motia_core.config.knobs import Config, Durability, Pool, Workers

__all__ = ["Config", "Durability", "Pool", "Workers"]
