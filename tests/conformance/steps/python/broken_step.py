config = {"type": "event", "name": "broken", "subscribes": ["t.broken"]}

def handler(input, context)
    return input
