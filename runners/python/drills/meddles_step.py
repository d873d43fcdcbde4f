"""Replaces what the runner stands on - json, stdout, the recursion limit, the working folder - and harms itself only."""

import io
import json
import os
import sys

config = {"type": "event", "name": "meddles", "subscribes": ["d.meddles"]}


def handler(input, context):
    json.loads = json.dumps = lambda *args, **named: "meddled"
    sys.stdout = io.StringIO()
    sys.path[:] = []
    os.chdir("/")
    print("unheard")
    return context.state.get("g", "k")
