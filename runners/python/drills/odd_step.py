"""Raises errors that cannot be shown, compared or pickled."""

config = {"type": "event", "name": "odd", "subscribes": ["d.odd"]}


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no")

    __repr__ = __str__

    @property
    def code(self):
        raise RuntimeError("no")


async def handler(input, context):
    raise Unprintable
