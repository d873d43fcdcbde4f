"""`motia doctor --migrate`: reads a project of old Motia and says, file by file, what runs as it is, what has no effect
any more, what behaves differently, and what has to be changed. Runs none of its code.

`report` puts it together; every other file looks at one area and knows nothing of the others. A check is a pure
function of texts; its codes stand in `catalogue` and in `docs/migrating.md`.
"""
