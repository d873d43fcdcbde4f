"""The base of every wire struct."""

from __future__ import annotations

from msgspec import Raw, Struct

NULL = Raw(b"null")


class Message(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """Keys are camelCase on the wire; unknown keys are ignored, so both sides may add fields within one version."""


class Nothing(Message, frozen=True, kw_only=True):
    """No fields."""
