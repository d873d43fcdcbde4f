"""Drills: small programs that misbehave, one per way of doing so, under a real supervisor."""
