"""The knobs of streams: connections of browsers, and who may join what."""

from __future__ import annotations

from typing import Annotated

from motia_core.config.section import Section, knob


class Streams(Section, frozen=True, kw_only=True):
    """Connections of browsers, and who may join what."""

    access_timeout: Annotated[
        float, knob("Longest time `authenticate` or `canAccess` may take (s)", gt=0, seen="refused")
    ] = 5.0
    access_at_once: Annotated[
        int, knob("Such questions at the same time, per language; half of them about one file", ge=1)
    ] = 32
    recheck: Annotated[
        float, knob("Period in which `canAccess` is asked again about those who listen (s); 0 = never", ge=0)
    ] = 30.0
    context_size: Annotated[int, knob("Largest result of `authenticate` (bytes)", ge=2, seen="refused")] = 64 * 1024
    sockets: Annotated[int, knob("Open stream sockets and readers of server-sent events", ge=0, seen="503")] = 10_000
    sockets_per_address: Annotated[
        int, knob("The same from one address; 0 = no other limit; `trustProxy` is exempt", ge=0, seen="503")
    ] = 0
    subscriptions: Annotated[
        int, knob("Subscriptions of one socket", ge=1, seen="an error event, `STREAM_LIMIT_REACHED`")
    ] = 1000
    message: Annotated[int, knob("Largest message of a client (bytes)", ge=1024, seen="closed with 1009")] = 32 * 1024
    name: Annotated[
        int, knob("Characters in the name of a stream, group, item or subscription", ge=16, seen="closed with 1008")
    ] = 1024
    burst: Annotated[int, knob("Messages a client may send at once", ge=1, seen="read more slowly")] = 2000
    rate: Annotated[int, knob("Messages it may go on sending (per second)", ge=1, seen="read more slowly")] = 200
    outgoing: Annotated[
        int, knob("Bytes that may wait for one slow client, beyond what it asked for", ge=4096, seen="cut")
    ] = 1024 * 1024
    heartbeat: Annotated[float, knob("Longest silence before a client is asked whether it is there (s)", gt=0)] = 30.0
    patience: Annotated[
        float, knob("Longest time to answer that, or to take 16 KiB of what waits (s)", gt=0, seen="cut")
    ] = 15.0
