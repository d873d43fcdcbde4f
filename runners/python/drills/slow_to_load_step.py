"""Never finishes loading: it is interrupted and reported, and the files beside it are described."""

import time

config = {"type": "event", "name": "slow_to_load", "subscribes": ["d.slow"]}

while True:
    try:
        time.sleep(60)
    except Exception:
        pass
