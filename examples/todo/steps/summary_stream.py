"""How many todos of a list are open and done: one item, `counts`, per list."""

config = {
    "name": "summary",
    "schema": {"type": "object", "properties": {"open": {"type": "integer"}, "done": {"type": "integer"}}},
    "baseConfig": {"storageType": "default"},
}
