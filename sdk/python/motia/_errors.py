"""Errors a step may meet or raise. `code` is the number the wire uses; docs/errors.md explains each."""

from __future__ import annotations

from typing import Any, Dict, List, Optional


class MotiaError(Exception):
    """A call of the context was refused; `code` says why, `data` holds details."""

    def __init__(self, message: str, code: int = -32603, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data

    @staticmethod
    def from_wire(error: Dict[str, Any]) -> "MotiaError":
        """The exception for an error object of the wire."""
        message, code, data = str(error.get("message", "")), error.get("code", -32603), error.get("data")
        if code == ValidationError.CODE:
            return ValidationError((data or {}).get("issues"), message)
        if code == TransactionConflict.CODE:
            return TransactionConflict(message, code, data)
        return MotiaError(message, code, data)


class ValidationError(MotiaError):
    """The input breaks the step's schema. Raised in a step it answers 400 with `issues`; middleware may catch it."""

    CODE = 1002

    def __init__(self, issues: Optional[List[Dict[str, Any]]] = None, message: str = "Validation failed") -> None:
        self.issues: List[Dict[str, Any]] = list(issues or [])
        super().__init__(message, self.CODE, {"issues": self.issues})


class TransactionConflict(MotiaError):
    """What a transaction had read was changed by others, also after the block had run again three times."""

    CODE = 1010


class OutsideRunner(MotiaError):
    """Something that needs a running step was used outside of one."""
