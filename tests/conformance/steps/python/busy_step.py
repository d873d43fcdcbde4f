import time

config = {"type": "event", "name": "busy", "subscribes": ["t.busy"]}


def handler(input, context):
    time.sleep(input["seconds"])
    return "done"
