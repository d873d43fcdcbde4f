"""Opens the listening sockets: both loopbacks in dev, a few ports higher when one is busy. Raises PortBusy.

Also asks the system for as many open files as there may be connections.
"""

from __future__ import annotations

import errno
import importlib
import socket
from contextlib import suppress

from motia_core.errors import PortBusy

_TRIES = 10
_OTHER_FILES = 1000
_NO_FAMILY = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})


def open_sockets(hosts: list[str], port: int, *, climb: bool) -> list[socket.socket]:
    """One socket per host, all on one port: `port`, or with `climb` up to 9 higher. Port 0 is any free one."""
    for number in [port] if port == 0 or not climb else range(port, min(port + _TRIES, 65536)):
        found = _open_all(hosts, number)
        if found is not None:
            return found
    tried = f"port {port} is" if port == 0 or not climb else f"ports {port} to {port + _TRIES - 1} are"
    raise PortBusy(f"{tried} in use by another program", hint="stop it, or choose another with --port")


def _open_all(hosts: list[str], port: int) -> list[socket.socket] | None:
    """None when a host's port is busy. A loopback that this machine lacks is left out."""
    opened: list[socket.socket] = []
    for host in hosts:
        try:
            made = _open(host, opened[0].getsockname()[1] if opened else port)
        except OSError as error:
            if error.errno in _NO_FAMILY and (opened or host != hosts[-1]):
                continue
            for one in opened:
                one.close()
            if error.errno == errno.EADDRINUSE:
                return None
            if error.errno == errno.EACCES:
                raise PortBusy(f"port {port} may not be opened by this user", hint="choose one above 1023") from None
            raise PortBusy(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
        opened.append(made)
    return opened


def _open(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        made.bind((host, port))
        made.listen(2048)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def allow_files(connections: int) -> None:
    """Raises the process's own bound on open files, as far as the system lets it: many start with 1,024."""
    with suppress(ImportError, ValueError, OSError):
        resource = importlib.import_module("resource")
        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = connections + _OTHER_FILES
        if now != resource.RLIM_INFINITY and now < wanted:
            wanted = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
