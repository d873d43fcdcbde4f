"""Drills: what breaks something on purpose. `test_*.py` run small programs that misbehave (`programs/`) under a real
supervisor; the other modules are the drill book (`book/`), which does to whole servers what the world does.
"""
