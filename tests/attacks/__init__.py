"""Hostile clients against real servers, `motia dev` and `motia start`, whose limits are small so that each attack is short."""
