"""Never returns and never looks at `context.cancelled`: pings are answered, others run, and it ends with the core."""

config = {"type": "event", "name": "spins", "subscribes": ["d.spins"]}


def handler(input, context):
    context.logger.info("spinning")
    while True:
        pass
