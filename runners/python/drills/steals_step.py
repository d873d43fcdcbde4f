"""Reads stdin and closes the standard descriptors: the wire is elsewhere."""

import os
import sys

config = {"type": "event", "name": "steals", "subscribes": ["d.steals"]}


def handler(input, context):
    read = sys.stdin.read() + os.read(0, 100).decode()
    sys.stdout.close()
    for descriptor in (0, 1):
        os.close(descriptor)
    print("still heard")
    return read
