"""Every error this program raises on purpose, in one tree.

Each class declares three translations: `code` (the number on the wire), `status` (the HTTP answer) and `retryable`
(whether another try may succeed). The docstring is the default message. Nothing here imports anything of ours.

    MotiaError
    ├── ProjectError               the user's folder: shown in one line, exit code 1
    │   ├── ConfigError            a configuration file or value cannot be used
    │   ├── StepFileError          one step file cannot be used
    │   └── RuntimeMissing         a language's runtime is absent or too old
    ├── ServerError                this process cannot serve
    │   ├── PortBusy
    │   ├── Draining
    │   └── ServerUnreachable      a command found no running server
    ├── StoreError                 the database
    │   ├── StoreUnavailable       read-only, full, locked, damaged
    │   └── StoreTooNew            written by a newer Motia
    ├── InvocationError            how a call of user code can end badly
    │   ├── HandlerFailed          the user's code raised
    │   ├── InputInvalid           the input breaks the step's schema
    │   ├── StepUnavailable        no such step, or its file is broken
    │   ├── DeadlineExceeded
    │   ├── InvocationCancelled
    │   ├── WorkerDied
    │   │   └── WorkerKilled       by a signal that nobody here has sent
    │   └── WorkersBusy
    ├── CallRefused                how a runner's call to a service can end badly
    │   ├── TransactionConflict
    │   ├── EmitNotDeclared
    │   ├── PayloadRefused         too large, too deep, or of the wrong shape
    │   ├── BacklogFull
    │   ├── InvocationOver         a call in the name of an invocation that ended
    │   ├── UnknownTarget          no such step or stream
    │   └── ClientGone             nobody reads the response any more
    ├── AccessRefused              who wants to connect to the streams may not
    └── ProtocolError              the wire
        ├── LocalProtocolError     our side broke the rules
        └── RemoteProtocolError    the runner broke the rules
            └── VersionMismatch
"""

from __future__ import annotations

from typing import ClassVar


class MotiaError(Exception):
    """Something went wrong."""

    code: ClassVar[int] = -32603
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = True

    def __init__(self, message: str = "", *, hint: str = "", detail: object = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])
        self.hint = hint
        self.detail = detail

    @property
    def message(self) -> str:
        return str(self.args[0])


class ProjectError(MotiaError):
    """The project cannot be used as it is."""

    retryable = False


class ConfigError(ProjectError):
    """The configuration cannot be used."""


class StepFileError(ProjectError):
    """The step file cannot be used."""

    status = 503


class RuntimeMissing(ProjectError):
    """A language runtime is missing."""

    status = 503


class ServerError(MotiaError):
    """The server cannot serve."""


class PortBusy(ServerError):
    """The port is in use by another program."""


class Draining(ServerError):
    """The server is shutting down."""

    code = 1019
    status = 503


class ServerUnreachable(ServerError):
    """No running server was found for this project."""

    retryable = False


class StoreError(MotiaError):
    """The database failed."""

    code = 1018
    status = 503


class StoreUnavailable(StoreError):
    """The database cannot be read or written."""


class StoreTooNew(StoreError):
    """The database was written by a newer Motia."""

    retryable = False


class InvocationError(MotiaError):
    """The invocation failed."""


class HandlerFailed(InvocationError):
    """The handler raised an error."""

    code = 1001


class InputInvalid(InvocationError):
    """Validation failed."""

    code = 1002
    status = 400
    retryable = False


class StepUnavailable(InvocationError):
    """The step cannot run."""

    code = 1003
    status = 503


class DeadlineExceeded(InvocationError):
    """The deadline passed before the handler finished."""

    code = 1004
    status = 504


class InvocationCancelled(InvocationError):
    """The invocation was cancelled."""

    code = -32800
    status = 499


class WorkerDied(InvocationError):
    """The worker process ended while it ran the handler."""

    code = 1005
    status = 502


class WorkerKilled(WorkerDied):
    """The worker process was killed from outside while it ran the handler."""


class WorkersBusy(InvocationError):
    """No worker was free in time."""

    code = 1006
    status = 503


class CallRefused(MotiaError):
    """The call was refused."""

    code = -32602
    status = 400
    retryable = False


class TransactionConflict(CallRefused):
    """Something the transaction read has changed since."""

    code = 1010
    status = 409
    retryable = True


class EmitNotDeclared(CallRefused):
    """The topic is not among the step's emits."""

    code = 1011


class PayloadRefused(CallRefused):
    """The payload cannot cross the wire."""

    code = 1012
    status = 413


class BacklogFull(CallRefused):
    """Too many deliveries are waiting."""

    code = 1013
    status = 503
    retryable = True


class InvocationOver(CallRefused):
    """The invocation has already ended."""

    code = 1014


class UnknownTarget(CallRefused):
    """There is no such step or stream."""

    code = 1015
    status = 404


class ClientGone(CallRefused):
    """The client has closed the connection."""

    code = 1016
    status = 499


class AccessRefused(MotiaError):
    """Authentication failed."""

    status = 401
    retryable = False


class ProtocolError(MotiaError):
    """The wire protocol was broken."""

    code = -32600
    status = 502


class LocalProtocolError(ProtocolError):
    """This side broke the wire protocol."""


class RemoteProtocolError(ProtocolError):
    """The other side broke the wire protocol."""


class VersionMismatch(RemoteProtocolError):
    """The runner speaks another protocol version."""

    code = 1017
    retryable = False


def tree() -> list[type[MotiaError]]:
    """Every class of the tree, parents first."""
    found: list[type[MotiaError]] = [MotiaError]
    for parent in found:
        found.extend(parent.__subclasses__())
    return found
