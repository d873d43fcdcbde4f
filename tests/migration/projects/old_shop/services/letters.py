def subject(kind, number):
    return f"{kind} {number}"
