"""Ends what workers leave behind: one small process beside the core that knows the session of every living worker and
sees the core's death, `kill -9` included, as the end of a pipe. It then kills whatever is left of those sessions, as it
does when a single worker has ended: children of user code too, with a process group of their own or without. What has
moved to another session (`setsid`) is not found.

Knows no worker but by its number. Workers have lifelines of their own as well: should both the core and this process be
killed, they end, but not their children.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess

from motia_core.workers.strangers import Strangers

_log = logging.getLogger(__name__)

# Lines on its input: `+7` worker 7 lives, `-7` it has ended. A group is killed in one stroke; a session has to be
# looked up in /proc, again and again until nobody of it is found, for it may be forking meanwhile.
_SCRIPT = """
trap '' HUP INT TERM
end() {
  for id; do kill -s KILL -- "-$id"; done
  found=1
  for again in 1 2 3 4 5; do
    [ $found = 1 ] || return
    found=0
    for stat in /proc/[0-9]*/stat; do
      read -r line <"$stat" || continue
      rest=${line##*) }
      case $rest in [ZX]*) continue ;; esac
      rest=${rest#* * * }
      case " $* " in *" ${rest%% *} "*)
        pid=${stat#/proc/}
        kill -s KILL "${pid%/stat}" && found=1 ;;
      esac
    done
  done
}
ids=
while read -r line; do
  id=${line#?}
  case $line in
    +*) ids="$ids $id" ;;
    -*)
      left=
      for one in $ids; do [ "$one" = "$id" ] || left="$left $one"; done
      ids=$left
      end "$id" ;;
  esac
done
[ -z "$ids" ] || end $ids
"""


class _Watch(asyncio.SubprocessProtocol):
    """One life of the process. `pipe` is our end of its input, while it lives and we want it to."""

    def __init__(self, pipe: int) -> None:
        self.pipe: int | None = pipe
        self.gone = asyncio.Event()

    def process_exited(self) -> None:
        self.close()
        self.gone.set()

    def say(self, line: str) -> None:
        if self.pipe is not None:
            with contextlib.suppress(OSError):
                os.write(self.pipe, line.encode())

    def close(self) -> None:
        """What was said before is still done."""
        if self.pipe is not None:
            os.close(self.pipe)
            self.pipe = None


class Guardian:
    """One per server. Its process lives while there are workers."""

    def __init__(self) -> None:
        self.pid = 0
        self._ids: set[int] = set()
        self._expected = 0
        self._watch: _Watch | None = None
        self._turn = asyncio.Lock()
        self._strangers = Strangers()

    async def expect(self) -> None:
        """A worker is about to be spawned: then `add` or `forget` follows."""
        self._expected += 1
        await self._start()

    def add(self, id: int) -> None:
        self._expected -= 1
        self._ids.add(id)
        self._say(f"+{id}\n")

    def forget(self) -> None:
        """The worker that was expected does not come."""
        self._expected -= 1
        self._release()

    def remove(self, id: int) -> None:
        """The worker has ended; what it left behind is killed."""
        self._ids.discard(id)
        self._say(f"-{id}\n")
        self._release()

    async def hold(self) -> None:
        """Sees to it that the process is there as long as it is needed, whoever may have killed it; and that nothing it
        has killed stays behind as a zombie of ours."""
        self._strangers.bury()
        if self._ids and self._watch is not None and self._watch.pipe is None:
            await self._start()

    async def rest(self) -> None:
        """Returns when the process has ended, or at once while it is needed."""
        if self._watch is not None and not self._ids and not self._expected:
            await self._watch.gone.wait()

    async def _start(self) -> None:
        async with self._turn:
            if self._watch is not None and self._watch.pipe is not None:
                return
            read, write = os.pipe()
            os.set_blocking(write, False)
            watch = _Watch(write)
            try:
                transport, _ = await asyncio.get_running_loop().subprocess_exec(
                    lambda: watch,
                    "/bin/sh",
                    "-c",
                    _SCRIPT,
                    "motia-guardian",
                    stdin=read,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError as error:
                if self._watch is None:
                    _log.warning("children of workers may outlive this server: %s", error)
                watch.process_exited()
            except BaseException:
                watch.close()
                raise
            else:
                self.pid = transport.get_pid()
            finally:
                os.close(read)
            self._watch = watch
            for id in self._ids:
                self._say(f"+{id}\n")

    def _say(self, line: str) -> None:
        if self._watch is not None:
            self._watch.say(line)

    def _release(self) -> None:
        if not self._ids and not self._expected and self._watch is not None:
            self._watch.close()
