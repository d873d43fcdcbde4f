"""The drill book: finds the drills, runs each in a process of its own, keeps what came of it, writes docs/reliability.md."""
