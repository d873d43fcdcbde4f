def authenticate(request):
    user = request["query"].get("user")
    if not user:
        raise PermissionError("who are you?")
    return {"user": user}


config = {
    "port": 4000,
    "stream_auth": {"authenticate": authenticate},
    "production": {"stream_auth": {"authenticate": lambda request: {"user": "production"}}},
}
