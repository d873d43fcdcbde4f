"""`motia mcp`: a Model Context Protocol server on stdio, so that coding tools see and do what `motia` can.

`protocol.py` knows the protocol and no tool; `tools.py` what a tool is. The tools: `sources.py` (what the files say),
`history.py` (what happened, from the database), `acts.py` (what changes something). `stdio.py` is the only file that
touches standard input and output.
"""
