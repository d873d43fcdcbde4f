"""Projects whose streams are guarded, the same in every language, and the application of one in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from motia_core.app.application import App
from motia_core.app.loading import load_project_config
from motia_core.model import LogRecord
from tests.kit.project import write

STREAMS = {
    "steps/node.stream.ts": """
        import { setTimeout as sleep } from 'node:timers/promises'
        import { existsSync } from 'node:fs'
        type Auth = { user: string, token?: string } | null | undefined
        const allowed = async ({ groupId, id }: { groupId: string, id?: string }, auth: Auth): Promise<any> => {
          if (groupId === 'throw') throw new TypeError(`no ${auth?.token}`)
          if (groupId === 'hang') await new Promise(() => {})
          if (groupId === 'exit') process.exit(3)
          if (groupId === 'kill') process.kill(process.pid, 'SIGKILL')
          if (groupId === 'slow') await sleep(300)
          if (groupId === 'truthy') return 'yes'
          if (groupId === 'falsy') return ''
          if (groupId === 'huge') return 'x'.repeat(20_000_000)
          if (groupId === 'none') return auth === NOBODY
          if (groupId === 'file') return existsSync('allowed')
          if (id !== undefined) return id === auth?.user
          return auth?.user === 'ann'
        }
        const NOBODY = NONE
        export const config = { name: 'node', schema: {}, canAccess: allowed }
    """,
    "steps/python_stream.py": """
        import os, signal, sys, time

        def allowed(subscription, auth):
            group = subscription["groupId"]
            if group == "throw": raise TypeError("no " + auth["token"])
            if group == "hang": time.sleep(1000)
            if group == "exit": sys.exit(3)
            if group == "kill": os.kill(os.getpid(), signal.SIGKILL)
            if group == "slow": time.sleep(0.3)
            if group == "truthy": return "yes"
            if group == "falsy": return ""
            if group == "huge": return "x" * 20_000_000
            if group == "none": return auth is None
            if group == "file": return os.path.exists("allowed")
            if "id" in subscription: return subscription.id == auth["user"] and subscription.group_id == group
            return auth["user"] == "ann"

        config = {"name": "python", "schema": {}, "canAccess": allowed, "sse": "/live/:groupId"}
    """,
    "steps/python_async_stream.py": """
        import asyncio, os, sys, signal

        async def allowed(subscription, auth):
            group = subscription["groupId"]
            if group == "throw": raise TypeError("no " + auth["token"])
            if group == "hang": await asyncio.sleep(1000)
            if group == "exit": sys.exit(3)
            if group == "kill": os.kill(os.getpid(), signal.SIGKILL)
            if group == "slow": await asyncio.sleep(0.3)
            if group == "truthy": return "yes"
            if group == "falsy": return ""
            if group == "huge": return "x" * 20_000_000
            if group == "none": return auth is None
            if group == "file": return os.path.exists("allowed")
            if subscription.get("id"): return subscription["id"] == auth["user"]
            return auth["user"] == "ann"

        config = {"name": "python_async", "schema": {}, "can_access": allowed}
    """,
    "steps/ruby_stream.rb": """
        def allowed(subscription, auth)
          case subscription[:groupId]
          when "throw" then raise TypeError, "no #{auth['token']}"
          when "hang" then sleep
          when "exit" then exit 3
          when "kill" then Process.kill(:KILL, Process.pid) && sleep
          when "slow" then sleep 0.3
          when "truthy" then return "yes"
          when "falsy" then return nil
          when "huge" then return "x" * 20_000_000
          when "none" then return auth.nil?
          when "file" then return File.exist?("allowed")
          end
          return subscription["id"] == auth["user"] if subscription["id"]
          auth["user"] == "ann"
        end

        def config = { name: "ruby", schema: {}, canAccess: method(:allowed) }
    """,
    "steps/open_stream.py": """
        config = {"name": "open", "schema": {}}
    """,
}
SECRET = "00c0ffee00c0ffee"
"""Stands in no file of the project: where it turns up, a token has leaked."""
ANN, BOB, WRONG = (f"{name}-{SECRET}" for name in ("ann", "bob", "wrong"))
GUARDED = ("node", "python", "python_async", "ruby")

CONFIGS = {
    "motia.config.ts": """
        const known = /^(ann|bob)-[0-9a-f]{16}$/
        export default {
          streams: { accessTimeout: 1, recheck: RECHECK },
          streamAuth: {
            contextSchema: { type: 'object' },
            authenticate: async ({ headers, url }: { headers: Record<string, string>, url: string }): Promise<any> => {
              const found = new URL(url, 'http://x').searchParams.get('authToken')
              const token = found ?? headers['sec-websocket-protocol']?.split(',')[1]?.trim()
              if (!token) return null
              if (token === 'hang') await new Promise(() => {})
              if (token === 'exit') process.exit(1)
              if (token === 'kill') process.kill(process.pid, 'SIGKILL')
              if (token === 'huge') return { big: 'x'.repeat(70_000) }
              if (token === 'vast') return { big: 'x'.repeat(20_000_000) }
              if (token === 'cycle') { const it: any = {}; it.it = it; return it }
              if (token === 'seen') return { headers, url }
              const user = known.exec(token)?.[1]
              if (!user) throw new Error(`unknown token ${token}`)
              return { user, token }
            },
          },
        }
    """,
    "motia_config.py": """
        import os, re, signal, sys, time

        KNOWN = re.compile("(ann|bob)-[0-9a-f]{16}")

        def authenticate(request):
            found = request.query.get("authToken")
            offered = request["headers"].get("sec-websocket-protocol", "").split(",")
            token = found or (offered[1].strip() if len(offered) > 1 else None)
            if not token: return None
            if token == "hang": time.sleep(1000)
            if token == "exit": sys.exit(1)
            if token == "kill": os.kill(os.getpid(), signal.SIGKILL)
            if token == "huge": return {"big": "x" * 70_000}
            if token == "vast": return {"big": "x" * 20_000_000}
            if token == "cycle": it = {}; it["it"] = it; return it
            if token == "seen": return {"headers": request.headers, "url": request["url"]}
            found = KNOWN.fullmatch(token)
            if not found: raise ValueError(f"unknown token {token}")
            return {"user": found[1], "token": token}

        config = {"streams": {"access_timeout": 1, "recheck": RECHECK}, "streamAuth": {"authenticate": authenticate}}
    """,
    "motia_config.rb": """
        def authenticate(request)
          found = request[:query]["authToken"]
          offered = (request["headers"]["sec-websocket-protocol"] || "").split(",")
          token = found || offered[1]&.strip
          case token
          when nil, "" then return nil
          when "hang" then sleep
          when "exit" then exit 1
          when "kill" then Process.kill(:KILL, Process.pid) && sleep
          when "huge" then return { big: "x" * 70_000 }
          when "vast" then return { big: "x" * 20_000_000 }
          when "cycle" then return {}.tap { |it| it[:it] = it }
          when "seen" then return { headers: request[:headers], url: request[:url] }
          end
          user = token[/\\A(ann|bob)-[0-9a-f]{16}\\z/, 1]
          raise ArgumentError, "unknown token #{token}" unless user

          { user: user, token: token }
        end

        def config = { streams: { access_timeout: 1, recheck: RECHECK }, stream_auth: { authenticate: method(:authenticate) } }
    """,
}


def guarded(
    folder: Path,
    config: str | None = "motia.config.ts",
    *,
    streams: Collection[str] = (*GUARDED, "open"),
    recheck: float = 30,
    nobody: str = "null",
) -> Path:
    """A project with these streams; `config` is the one of `CONFIGS` that it has. `nobody`: what the context of somebody
    unknown is where there is more than one nothing."""
    files = {}
    for name, text in STREAMS.items():
        if name.removeprefix("steps/").replace(".stream.", "_stream.").rsplit("_stream.")[0] in streams:
            files[name] = text.replace("NONE", nobody)
    if config is not None:
        files[config] = CONFIGS[config].replace("RECHECK", str(recheck))
    return write(folder, files)


class Running:
    """An application in this process, what it logged, and its door."""

    def __init__(self, app: App, logged: list[LogRecord]) -> None:
        self.app = app
        self.logged = logged
        self.access = app.parts.access

    @property
    def said(self) -> str:
        return "\n".join(record.msg for record in self.logged)

    async def until(self, what: Any, seconds: float = 15) -> None:
        with anyio.fail_after(seconds):
            while not what():
                await anyio.sleep(0.02)


@asynccontextmanager
async def running(project: Path, *, mode: Any = "dev", watch: bool = False, **flags: object) -> AsyncIterator[Running]:
    logged: list[LogRecord] = []
    loaded = await load_project_config(project, mode, flags)
    app = App(
        project,
        mode,
        loaded,
        console=logged.append,
        listen=False,
        consume=False,
        watch=watch,
        configure=partial(load_project_config, project, mode, flags),
    )
    async with app.running():
        yield Running(app, logged)
