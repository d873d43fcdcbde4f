"""Prints faster than anybody reads: it is held back, every line arrives, and memory stays bounded."""

config = {"type": "event", "name": "floods", "subscribes": ["d.floods"]}


def handler(input, context):
    for n in range(input["lines"]):
        print(n, "x" * 1000)
    return "done"
