"""Values ↔ JSON text, by the rules of PROTOCOL.md section 3. What an object looks like is decided in `shapes.py`.

Most values are plain, so the C encoder does them in one go; whatever it cannot say rightly takes the walk below, which
also knows the key path when something has no form at all.
"""

from __future__ import annotations

import base64
import binascii
import json
import marshal
import math
import os
import re
from json.encoder import encode_basestring
from typing import Any, Dict, List, Optional, Tuple

from motia_runner import shapes
from motia_runner.faults import refusal

_ESCAPED = re.compile(r"\$+(?:bytes|file)\Z")
_SURROGATES = re.compile("[\ud800-\udfff]")
quote: Any = getattr(json.encoder, "c_encode_basestring", None) or encode_basestring

_CONTAINERS = (dict, list, tuple)

# What marks a stream item in HTTP bodies; it never goes back to the core.
MARK = "__motia"
_MARKED = f'"{MARK}"'

Path = Optional[Tuple[Any, Any]]


class Unusable(ValueError):
    """A message that is JSON but cannot be taken: nested too deep, or with bytes that are not there."""


class _Limits:
    """What was agreed in `initialize`."""

    depth = 100
    spill = 256 * 1024
    run_dir = ""


limits = _Limits()


def _refuse(value: Any) -> Any:
    raise TypeError


# Without a table of ancestors the encoder meets a cycle as a RecursionError, and threads cannot disturb one another.
_encode = getattr(json.encoder, "c_make_encoder")(None, _refuse, quote, None, ":", ",", False, False, False)


def dump(value: Any, root: str = "") -> str:
    """Wire JSON: bytes as wire objects, an author's own `$bytes` and `$file` keys escaped."""
    text = _quick(value)
    if text is None or '"$' in text or _MARKED in text:
        return _shaped(value, root, True)
    return text


def dump_plain(value: Any, root: str) -> str:
    """The JSON to send to an HTTP client: no escapes, bytes as base64 strings."""
    text = _quick(value)
    return _shaped(value, root, False) if text is None else text


def dump_lenient(value: Any) -> str:
    """For logs and errors, which must never fail: what has no form is shown as `repr` does."""
    try:
        return dump(value)
    except Exception:
        if isinstance(value, dict):
            return dump({str(key): _shown(part) for key, part in value.items()})
        return dump(_shown(value))


def load(line: bytes) -> Dict[str, Any]:
    """One message. Raises ValueError, or Unusable for what can at least be answered."""
    text = line.decode("utf-8")
    try:
        message = (_with_wire_values if '"$' in text else _plain).decode(text)
    except RecursionError:
        raise Unusable(f"the JSON is nested deeper than {limits.depth} levels") from None
    if text.count("{") + text.count("[") > limits.depth and _too_deep(message):
        raise Unusable(f"the JSON is nested deeper than {limits.depth} levels")
    return message  # type: ignore[no-any-return]


def parse(text: str) -> Any:
    """JSON that a client sent: strict, without wire values."""
    return _plain.decode(text)


def clean(text: str) -> str:
    """Lone surrogates cannot be sent: halves of a pair are joined, the rest becomes U+FFFD."""
    if _SURROGATES.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def bytes_object(data: bytes) -> Dict[str, Any]:
    """Bytes as a wire object; above the spill limit they are left in a file."""
    if len(data) <= limits.spill or not limits.run_dir:
        return {"$bytes": base64.b64encode(data).decode()}
    path = os.path.join(limits.run_dir, f"{os.getpid()}-{os.urandom(12).hex()}")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return {"$file": path, "size": len(data)}


def read_spilled(path: str) -> bytes:
    """The content of a spill file. Raises Unusable for a path outside the run folder."""
    real = os.path.realpath(path)
    if not limits.run_dir or not real.startswith(os.path.realpath(limits.run_dir) + os.sep):
        raise Unusable(f"{path} is not in the run folder")
    try:
        with open(real, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from None


def _quick(value: Any) -> Optional[str]:
    # marshal takes exact built-in types only: it is the cheapest way to learn that no named tuple, no dict with its
    # own ideas and no object hides inside, which the encoder would write as something else.
    try:
        marshal.dumps(value, 2)
        text = "".join(_encode(value, 0))
    except (ValueError, TypeError, RecursionError):
        return None
    if text.count("{") + text.count("[") > limits.depth and _too_deep(value):
        return None
    return clean(text)


def _shaped(value: Any, root: str, wire: bool) -> str:
    plain = _walk(value, (None, root), limits.depth, wire, [])
    try:
        return clean("".join(_encode(plain, 0)))
    except ValueError as error:  # a number with more digits than Python prints
        raise refusal(f"{root or 'the value'}: {error}") from None


def _walk(value: Any, at: Path, room: int, wire: bool, above: List[int]) -> Any:
    kind = type(value)
    if value is None or kind is str or kind is int or kind is bool:
        return value
    if kind is float:
        return _finite(value)
    if kind is not dict and kind is not list:
        try:
            value = shapes.unfold(value)
        except shapes.NoForm as error:
            raise refusal(f"{_name(at)}: {error}") from None
        kind = type(value)
        if kind is bytes:
            return bytes_object(value) if wire else base64.b64encode(value).decode()
        if kind is not dict and kind is not list:
            return _finite(value) if kind is float else value
    if room <= 0 or id(value) in above:
        raise refusal(
            f"{_name(at)}: "
            + ("contains itself" if id(value) in above else f"nested deeper than {limits.depth} levels")
        )
    above.append(id(value))
    if kind is list:
        done: Any = [_walk(part, (at, n), room - 1, wire, above) for n, part in enumerate(value)]
    else:
        done = {}
        for key, part in value.items():
            name = key if type(key) is str else _key(key, at)
            if wire and name[:1] == "$" and _ESCAPED.match(name):
                name = "$" + name
            elif wire and name == MARK and _is_mark(part):
                continue
            done[name] = _walk(part, (at, key), room - 1, wire, above)
    above.pop()
    return done


def _is_mark(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "state-stream" and "streamName" in value


def _key(key: Any, at: Path) -> str:
    try:
        key = None if key is None else shapes.unfold(key)
    except shapes.NoForm:
        key = ()
    if key is None or type(key) in (bool, int, float):
        return json.dumps(key)
    if type(key) is not str:
        raise refusal(f"{_name(at)}: a key must be text")
    return key


def _finite(value: float) -> Optional[float]:
    """What is no number in JSON is null, as in every language."""
    return value if math.isfinite(value) else None


def _name(at: Path) -> str:
    parts: List[str] = []
    while at is not None:
        at, key = at
        parts.append(f"[{key}]" if type(key) is int else str(key))
    return ".".join(part for part in reversed(parts) if part).replace(".[", "[") or "the value"


def _shown(value: Any) -> Any:
    try:
        return json.loads(dump(value))
    except Exception:
        try:
            return repr(value)[:2000]
        except Exception:
            return f"({type(value).__name__})"


def _received(value: Dict[str, Any]) -> Any:
    size = len(value)
    if size == 1 and type(value.get("$bytes")) is str:
        try:
            return base64.b64decode(value["$bytes"], validate=True)
        except binascii.Error as error:
            raise Unusable(f"$bytes: {error}") from None
    if size == 2 and "size" in value and type(value.get("$file")) is str:
        return read_spilled(value["$file"])
    for key in value:
        if key[:2] == "$$" and _ESCAPED.match(key):
            return {name[1:] if name[:2] == "$$" and _ESCAPED.match(name) else name: value[name] for name in value}
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _too_deep(value: Any) -> bool:
    level: List[Any] = [value]
    for _ in range(limits.depth + 1):
        level = [
            part
            for container in level
            for part in (container.values() if type(container) is dict else container)
            if type(part) in _CONTAINERS
        ]
        if not level:
            return False
    return True


_plain = json.JSONDecoder(parse_constant=_no_constant)
_with_wire_values = json.JSONDecoder(parse_constant=_no_constant, object_hook=_received)
