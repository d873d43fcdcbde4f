"""The wire, without I/O: bytes in, events out; bytes to send are returned. Meaning stands in `runners/PROTOCOL.md`."""
