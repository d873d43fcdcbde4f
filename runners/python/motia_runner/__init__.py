"""The Python runner: loads and runs Python steps for the core. Standard library only, Python 3.9 and later.

Start reading at `main.py`; `service.py` is the table of what the core may ask. What it must do is in PROTOCOL.md.
"""

VERSION = "1.0.0"
