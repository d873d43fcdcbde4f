"""Runs out of stack, in its code and in its result: an error of this invocation."""

config = {"type": "event", "name": "recurses", "subscribes": ["d.recurses"]}


class Endless:
    def toJSON(self):
        return {"more": Endless()}


def forever():
    return forever()


def handler(input, context):
    return Endless() if input == "result" else forever()
