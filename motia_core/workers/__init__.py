"""Living processes: what starts, watches, shares out and ends the workers. Start reading at `supervisor.py`."""
