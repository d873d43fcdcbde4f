def can_access(subscription, auth_context):
    return bool(auth_context) and auth_context.get("user") == "ann"


config = {
    "name": "todo",
    "schema": {"type": "object", "properties": {"n": {"type": "integer"}}},
    "baseConfig": {"storageType": "default"},
    "canAccess": can_access,
}
