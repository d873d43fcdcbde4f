"""The yardstick: aiohttp on uvloop, no routing, no reading of the body, the same bytes for every request."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiohttp import web

BODY = b'{"message":"hello ada"}'


async def handler(_: web.BaseRequest) -> web.StreamResponse:
    return web.Response(body=BODY, content_type="application/json")


async def main(port: int) -> None:
    runner = web.ServerRunner(web.Server(handler), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


uvloop.run(main(int(sys.argv[1])))
