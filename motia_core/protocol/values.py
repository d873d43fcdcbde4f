"""Wire values seen from the core: bytes objects, files, and the escaping of keys that look like them.

PROTOCOL.md §3 is the rule. Most values need none of this: every function looks for a `$` first.
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

import msgspec
from msgspec import Raw

from motia_core.errors import PayloadRefused

_MARK = re.compile(r"^\$+(bytes|file)$")


def escape(value: object) -> object:
    """A plain JSON value as a wire value: keys that look like ours get one more `$`."""
    if isinstance(value, dict):
        return {"$" + key if _MARK.match(key) else key: escape(inner) for key, inner in value.items()}
    return [escape(inner) for inner in value] if isinstance(value, list) else value


def unescape(value: object) -> object:
    """A wire value as plain JSON for people: bytes objects stay as they are, escaped keys lose their `$`."""
    if isinstance(value, dict):
        return {key[1:] if key.startswith("$$") and _MARK.match(key) else key: unescape(v) for key, v in value.items()}
    return [unescape(inner) for inner in value] if isinstance(value, list) else value


def to_wire(value: object) -> bytes:
    """Encodes a plain JSON value, escaped."""
    data = msgspec.json.encode(value)
    return msgspec.json.encode(escape(value)) if b'"$' in data else data


def from_wire(data: bytes | Raw) -> object:
    """Decodes a wire value for showing it to people."""
    text = bytes(data)
    value = msgspec.json.decode(text)
    return unescape(value) if b'"$' in text or b"\\u0024" in text else value


def inline_files(data: Raw, run_dir: Path) -> bytes:
    """`data` with every file object replaced by its bytes, for values that outlive their invocation.

    Raises PayloadRefused for a file outside `run_dir`.
    """
    text = bytes(data)
    if b'"$file"' not in text:
        return text
    return msgspec.json.encode(_inline(msgspec.json.decode(text), run_dir))


def _inline(value: object, run_dir: Path) -> object:
    if isinstance(value, dict):
        if set(value) == {"$file", "size"}:
            return {"$bytes": base64.b64encode(read_file(str(value["$file"]), run_dir)).decode()}
        return {key: _inline(inner, run_dir) for key, inner in value.items()}
    return [_inline(inner, run_dir) for inner in value] if isinstance(value, list) else value


def read_file(path: str, run_dir: Path) -> bytes:
    """The content of a spilled file, which is gone afterwards: it crossed for one reader.

    Raises PayloadRefused when it does not lie in `run_dir`.
    """
    real = Path(path).resolve()
    if not real.is_relative_to(run_dir.resolve()):
        raise PayloadRefused("a file object names a file outside the run folder")
    try:
        data = real.read_bytes()
        real.unlink(missing_ok=True)
        return data
    except OSError as error:
        raise PayloadRefused(f"a file object cannot be read: {error.strerror}") from None


def to_bytes(data: Raw, run_dir: Path) -> bytes:
    """The bytes of a string, a bytes object or a file object. Raises PayloadRefused for anything else."""
    value = msgspec.json.decode(data)
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    if isinstance(value, dict) and set(value) == {"$bytes"}:
        try:
            return base64.b64decode(value["$bytes"], validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise PayloadRefused("a bytes object is not base64") from None
    if isinstance(value, dict) and set(value) == {"$file", "size"}:
        return read_file(str(value["$file"]), run_dir)
    raise PayloadRefused("neither a string nor bytes")
