"""Exceptions as the wire tells them: `{name, message, stack, code?, cause?}`, with the runner's own frames left out.

`MotiaError` itself is the SDK's, because authors catch it.
"""

from __future__ import annotations

import asyncio
import os
import tokenize  # noqa: F401  printing a stack imports it late, when a project's own token.py may be in the way
import traceback
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from motia_runner import sdk

if TYPE_CHECKING:
    from motia import MotiaError as MotiaError
    from motia import ValidationError as ValidationError
else:
    MotiaError, ValidationError = sdk.package.MotiaError, sdk.package.ValidationError

METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL, NOT_INITIALIZED, CANCELLED = -32601, -32602, -32603, -32002, -32800
HANDLER_FAILED, INPUT_INVALID, STEP_UNAVAILABLE, CONFLICT = 1001, 1002, 1003, 1010
PAYLOAD_REFUSED, CLIENT_GONE, WRONG_VERSION, DRAINING = 1012, 1016, 1017, 1019

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_LOOP = {asyncio.base_events.__file__, asyncio.events.__file__}
_DEEPEST_CAUSE = 5


def refusal(message: str) -> MotiaError:
    return MotiaError(message, PAYLOAD_REFUSED)


def ours(filename: str) -> bool:
    """Whether a stack frame is the runner's or the import system's rather than an author's."""
    return filename.startswith((_HERE, "<frozen importlib")) or filename in _LOOP


def describe(error: BaseException, depth: int = 0) -> Dict[str, Any]:
    """One exception as a JSON object."""
    told: Dict[str, Any] = {"name": _name(error), "message": _message(error), "stack": stack(error)}
    try:
        code = getattr(error, "code", None)
    except Exception:  # a property of the author's
        code = None
    if isinstance(code, int if isinstance(error, SystemExit) else (str, int)) and not isinstance(code, bool):
        told["code"] = code
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and depth < _DEEPEST_CAUSE:
        told["cause"] = describe(cause, depth + 1)
    return told


def as_failure(error: BaseException) -> MotiaError:
    """The answer to an invocation that `error` ended."""
    if isinstance(error, ValidationError):
        return error
    told = describe(error)
    return MotiaError(told["message"] or told["name"], HANDLER_FAILED, told)


def stack(error: BaseException) -> str:
    """The traceback as Python prints it, without frames that no author can change."""
    try:
        told = traceback.TracebackException.from_exception(error)
        _trim(told, 0)
        return "".join(told.format()).rstrip()
    except Exception:  # an exception whose __str__ raises
        return _name(error)


def where(error: BaseException, root: str) -> Tuple[Optional[str], Optional[int]]:
    """File and line of the innermost frame under `root`: where the author should look."""
    found: Tuple[Optional[str], Optional[int]] = (None, None)
    for frame, line in traceback.walk_tb(error.__traceback__):
        filename = frame.f_code.co_filename
        if filename.startswith(root + os.sep) and "site-packages" not in filename and not ours(filename):
            found = (filename, line)
    return found


def _trim(told: Any, depth: int) -> None:
    frames: List[Any] = [frame for frame in told.stack if not ours(frame.filename)]
    told.stack = traceback.StackSummary.from_list(frames)
    for linked in (told.__cause__, told.__context__):
        if linked is not None and depth < _DEEPEST_CAUSE:
            _trim(linked, depth + 1)


def _name(error: BaseException) -> str:
    return "Exit" if isinstance(error, SystemExit) else type(error).__name__


def _message(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"the handler called exit({'' if error.code is None else error.code})"
    try:
        return str(error)
    except Exception:
        return "(this error cannot be shown)"
