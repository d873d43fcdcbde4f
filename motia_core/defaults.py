"""Fills a JSON Schema's defaults into a value, copying only what changes. Pure; knows nothing of validation.

Follows `properties`, `items`, `prefixItems`, `additionalProperties`, `allOf`, local `$ref` and a union with null. A
default that is put in is taken as it stands. Compiled once per schema to a chain of small functions.
"""

from __future__ import annotations

from collections.abc import Callable

Fill = Callable[[object], object]


def compile_defaults(schema: object) -> Fill | None:
    """The function that fills `schema`'s defaults, or None if there are none."""
    return _Compiler(schema).build(schema, frozenset({"#"}))


class _Compiler:
    """One schema document; `$ref`s are compiled once each, so that recursive schemas end."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._refs: dict[str, list[Fill | None]] = {}

    def build(self, schema: object, met: frozenset[str] = frozenset()) -> Fill | None:
        """`met` are the references followed since the last step down into the value: going round them ends."""
        if not isinstance(schema, dict):
            return None
        parts = [self._properties(schema), self._items(schema), *self._branches(schema, met)]
        if isinstance(schema.get("$ref"), str) and schema["$ref"] not in met:
            parts.append(self._ref(schema["$ref"], met))
        steps = [part for part in parts if part is not None]
        if not steps:
            return None
        return steps[0] if len(steps) == 1 else _chain(steps)

    def _ref(self, ref: str, met: frozenset[str]) -> Fill | None:
        slot = self._refs.get(ref)
        if slot is None:
            slot = self._refs[ref] = []
            slot.append(self.build(self._resolve(ref), met | {ref}))
            return slot[0]
        return slot[0] if slot else _later(slot)

    def _resolve(self, ref: str) -> object:
        """What a local JSON pointer names, or None."""
        if not ref.startswith("#"):
            return None
        found = self._root
        for part in ref[1:].split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~").replace("%25", "%")
            if isinstance(found, dict):
                found = found.get(key)
            elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            else:
                return None
        return found

    def _properties(self, schema: dict[str, object]) -> Fill | None:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        missing: dict[str, object] = {}
        inner: dict[str, Fill] = {}
        for name, sub in properties.items():
            if not isinstance(sub, dict):
                continue
            target = self._resolve(sub["$ref"]) if isinstance(sub.get("$ref"), str) else None
            if "default" in sub:
                missing[name] = sub["default"]
            elif isinstance(target, dict) and "default" in target:
                missing[name] = target["default"]
            fill = self.build(sub)
            if fill is not None:
                inner[name] = fill
        extra = self.build(schema.get("additionalProperties"))
        if not missing and not inner and extra is None:
            return None
        return _object(missing, inner, extra, frozenset(properties))

    def _items(self, schema: dict[str, object]) -> Fill | None:
        items = schema.get("items")
        heads = items if isinstance(items, list) else schema.get("prefixItems")
        first = [self.build(sub) for sub in heads] if isinstance(heads, list) else []
        rest = self.build(schema.get("additionalItems") if isinstance(items, list) else items)
        return _array(first, rest) if rest is not None or any(first) else None

    def _branches(self, schema: dict[str, object], met: frozenset[str]) -> list[Fill | None]:
        parts = schema.get("allOf")
        found = [self.build(sub, met) for sub in parts] if isinstance(parts, list) else []
        for key in ("anyOf", "oneOf"):
            union = schema.get(key)
            if isinstance(union, list):
                real = [sub for sub in union if sub != {"type": "null"}]
                found.append(self.build(real[0], met) if len(real) == 1 else None)
        return found


def _later(slot: list[Fill | None]) -> Fill:
    """A reference to something still being compiled."""

    def fill(value: object) -> object:
        target = slot[0]
        return value if target is None else target(value)

    return fill


def _chain(steps: list[Fill]) -> Fill:
    def fill(value: object) -> object:
        for step in steps:
            value = step(value)
        return value

    return fill


def _object(missing: dict[str, object], inner: dict[str, Fill], extra: Fill | None, known: frozenset[str]) -> Fill:
    def fill(value: object) -> object:
        if not isinstance(value, dict):
            return value
        changed = {name: default for name, default in missing.items() if name not in value}
        for name, step in inner.items():
            if name in value and (new := step(value[name])) is not value[name]:
                changed[name] = new
        if extra is not None:
            for name, old in value.items():
                if name not in known and (new := extra(old)) is not old:
                    changed[name] = new
        return {**value, **changed} if changed else value

    return fill


def _array(first: list[Fill | None], rest: Fill | None) -> Fill:
    def fill(value: object) -> object:
        if not isinstance(value, list):
            return value
        changed = False
        filled: list[object] = []
        for index, old in enumerate(value):
            step = first[index] if index < len(first) else rest
            new = old if step is None else step(old)
            changed = changed or new is not old
            filled.append(new)
        return filled if changed else value

    return fill
