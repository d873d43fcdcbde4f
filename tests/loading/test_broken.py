"""What a file does to its worker while it loads never costs the other files anything."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.kit.project import write
from tests.kit.server import serving, until

from .projects import checked, found, node_step, python_step, ruby_step

LIMIT = "".join(f"[workers.{runner}]\nloadTimeout = 2.0\n" for runner in ("node", "python", "ruby"))


class Case(NamedTuple):
    """`message` and `hint` are parts of what is said."""

    file: str
    text: str
    code: str
    line: int | None
    message: str
    hint: str = ""


DIED = "its worker did not survive loading it"
LATE = "the file had not loaded after 2 s"
CASES = [
    # Mistakes.
    Case("syntax.step.ts", "export const config = {\n  type: 'api',\n  name: \n}\n", "syntax", 4, "Unexpected"),
    Case("syntax.step.js", "exports.config = {}\nfunction (\n", "syntax", 2, ""),
    Case("syntax_step.py", "config = {}\ndef handler(:\n", "syntax", 2, "invalid syntax"),
    Case("syntax.step.rb", "def config\n  { a: }}\nend\n", "syntax", 2, "syntax error"),
    Case("throws.step.ts", "type A = string\nconst a: A = 'x'\nthrow new TypeError(`at load ${a}`)\n", "import", 3, "TypeError: at load x"),
    Case("throws_step.py", "\nraise ValueError('at load')\n", "import", 2, "ValueError: at load"),
    Case("throws.step.rb", "\nraise ArgumentError, 'at load'\n", "import", 2, "ArgumentError: at load"),
    Case("indirect.step.ts", "import { x } from './lib/broken'\nexport const config = x\n", "import", None, "Error: in the library"),
    Case("indirect_step.py", "from .lib.broken import x\n", "import", None, "RuntimeError: in the library"),
    Case("indirect.step.rb", "require_relative 'lib/broken'\n", "import", None, "RuntimeError: in the library"),
    Case("odd.step.js", "throw undefined\n", "import", None, "undefined"),
    Case("odd_step.py", "raise KeyboardInterrupt\n", "import", 1, "KeyboardInterrupt"),
    Case("odd.step.rb", "throw :nowhere\n", "import", 1, "UncaughtThrowError"),
    Case("empty.step.ts", "", "no_config", None, "config"),
    Case("empty_step.py", "", "no_config", None, "config"),
    Case("empty.step.rb", "", "no_config", None, "config"),
    # What is not there.
    Case("package.step.ts", "\nimport x from '@no/such-package/sub'\nx()\n", "import", 2, "@no/such-package", "npm install @no/such-package"),
    Case("package.step.js", "\nrequire('no-such-package')\n", "import", 2, "no-such-package", "npm install no-such-package"),
    Case("package_step.py", "\nimport yaml_that_is_not.part\n", "import", 2, "yaml_that_is_not", "-m pip install yaml_that_is_not"),
    Case("package.step.rb", "\nrequire 'no_such_gem/part'\n", "import", 2, "no_such_gem", "gem install no_such_gem"),
    Case("file.step.ts", "\nimport x from './nowhere'\nx()\n", "import", 2, "./nowhere", "check the path"),
    Case("file_step.py", "from src.nowhere import x\n", "import", 1, "src.nowhere", "check the path"),
    Case("file.step.rb", "require_relative 'nowhere'\n", "import", 1, "nowhere"),
    Case("variable.step.ts", "const key = process.env.NO_SUCH_KEY\nif (!key) throw new Error('NO_SUCH_KEY is not set')\n", "import", 2, "NO_SUCH_KEY is not set"),
    Case("variable_step.py", "import os\nkey = os.environ['NO_SUCH_KEY']\n", "import", 2, "NO_SUCH_KEY", "set NO_SUCH_KEY in .env"),
    Case("variable.step.rb", "KEY = ENV.fetch('NO_SUCH_KEY')\n", "import", 1, "NO_SUCH_KEY", "set NO_SUCH_KEY in .env"),
    # Ends.
    Case("exit.step.ts", "\nprocess.exit(3)\n", "exit", 2, "calls exit(3)"),
    Case("exit_step.py", "import sys\nsys.exit(3)\n", "exit", 2, "calls exit(3)", "__main__"),
    Case("exit.step.rb", "\nexit 3\n", "exit", 2, "calls exit(3)"),
    Case("abort.step.rb", "abort 'no'\n", "exit", 1, "calls exit(1)"),
    Case("killed.step.js", "process.kill(process.pid, 'SIGKILL')\n", "exit", None, f"{DIED}: was killed by SIGKILL"),
    Case("really.step.ts", "(process as any).reallyExit(5)\n", "exit", None, f"{DIED}: exited with code 5"),
    Case("aborts.step.js", "process.abort()\n", "exit", None, f"{DIED}: was killed by SIGABRT"),
    Case("killed_step.py", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "exit", None, f"{DIED}: was killed by SIGKILL"),
    Case("really_step.py", "import os\nos._exit(5)\n", "exit", None, f"{DIED}: exited with code 5"),
    Case("segfault_step.py", "import ctypes\nctypes.string_at(0)\n", "exit", None, f"{DIED}: was killed by SIGSEGV"),
    Case("killed.step.rb", "Process.kill(:KILL, Process.pid)\n", "exit", None, f"{DIED}: was killed by SIGKILL"),
    Case("really.step.rb", "exit!(5)\n", "exit", None, f"{DIED}: exited with code 5"),
    # Endless loads.
    Case("loop.step.ts", "for (;;) {}\n", "timeout", None, LATE),
    Case("never.step.ts", "await new Promise(() => {})\n", "timeout", None, LATE),
    Case("loop_step.py", "\nwhile True: pass\n", "timeout", 2, LATE),
    Case("stubborn_step.py", "while True:\n    try:\n        pass\n    except:\n        pass\n", "timeout", None, LATE),
    Case("sleep_step.py", "import time\ntime.sleep(1000)\n", "timeout", 2, LATE),
    Case("loop.step.rb", "\nloop {}\n", "timeout", 2, LATE),
    Case("sleep.step.rb", "sleep\n", "timeout", 1, LATE),
]  # fmt: skip

GOOD = {
    "src/aaa.step.ts": node_step("first-ts", "import { ok } from './lib/whole'", "ok"),
    "src/zzz.step.js": node_step("last-js", "", "1", exports="cjs"),
    "src/aaa_step.py": python_step("first-py", "", "return {'status': 200, 'body': {'value': 1}}"),
    "src/zzz_step.py": python_step("last-py", "", "return {'status': 200, 'body': {'value': 1}}"),
    "src/aaa.step.rb": ruby_step("first-rb", "", "1"),
    "src/zzz.step.rb": ruby_step("last-rb", "", "1"),
    "src/lib/whole.ts": "export const ok = 1\n",
    "src/lib/broken.ts": "export const x = 1\n\nthrow new Error('in the library')\n",
    "src/lib/broken.py": "x = 1\n\nraise RuntimeError('in the library')\n",
    "src/lib/broken.rb": "X = 1\n\nraise 'in the library'\n",
}
ROUTES = ("first-ts", "last-js", "first-py", "last-py", "first-rb", "last-rb")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("broken")
    write(folder, {"motia.toml": LIMIT, **GOOD})
    for case in CASES:
        (folder / "src" / case.file).write_text(case.text)
    return folder


@pytest.fixture(scope="module")
def report(project: Path) -> tuple[dict[str, dict[str, object]], list[dict[str, object]]]:
    return checked(project)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_the_file_is_reported(report: tuple[dict[str, dict[str, object]], object], case: Case) -> None:
    place = f"src/{case.file}"
    if case.file.startswith("indirect"):
        # The error is in the library, and there it is shown.
        place = f"src/lib/broken.{case.file.rpartition('.')[2]}"
    said = report[0].get(place)
    assert said is not None
    assert said["code"] == case.code
    assert case.message in str(said["message"]) and "\n" not in str(said["message"])
    assert case.hint in str(said["hint"])
    assert "could not be interrupted" not in str(said["message"])
    if case.line is not None:
        assert said["line"] == case.line


def test_nothing_else_is(report: tuple[dict[str, dict[str, object]], object]) -> None:
    indirect = {f"src/lib/broken.{ending}" for ending in ("ts", "py", "rb")}
    assert set(report[0]) == indirect | {f"src/{case.file}" for case in CASES if not case.file.startswith("indirect")}


def test_the_others_are_served_and_a_mended_file_is_too(project: Path) -> None:
    with serving(project) as server:
        for route in ROUTES:
            assert server.get(f"/{route}").json == {"value": 1}, server.output
        until(lambda: len(server.workers()) == 3)
        assert "src/killed.step.js" in server.output and DIED in server.output
        for file, text in {
            "killed.step.js": node_step("mended-js", "", "2", exports="cjs"),
            "loop.step.ts": node_step("mended-ts", "", "2"),
            "never.step.ts": node_step("mended-await", "", "2"),
            "really_step.py": python_step("mended-py", "", "return {'status': 200, 'body': {'value': 2}}"),
            "killed.step.rb": ruby_step("mended-rb", "", "2"),
        }.items():
            (project / "src" / file).write_text(text)
        for name in ("mended-js", "mended-ts", "mended-await", "mended-py", "mended-rb"):
            until(lambda name=name: server.get(f"/{name}").status == 200)
        for route in ROUTES:
            assert server.get(f"/{route}").json == {"value": 1}


NOISY = {
    "src/noisy.step.ts": "console.log('printed by ts')\nprocess.stdout.write('raw line\\n')\nrequire('fs').writeSync(1, '{\"jsonrpc\":\"2.0\"}\\n')\n"
    "setInterval(() => {}, 1000)\nrequire('http').createServer().listen(0)\nnew (require('worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true })\n"
    "process.env.CHANGED = 'by ts'\nprocess.chdir('/')\nprocess.on('exit', () => {});\n;(globalThis as any).leaked = 'ts'\nPromise.reject(new Error('nobody waits'))\n"
    + node_step("noisy-ts", "", "process.env.CHANGED"),
    "src/noisy_step.py": "import os, sys, threading, time, subprocess, atexit, socket\nprint('printed by py')\nsys.stdout.write('raw line\\n')\nos.write(1, b'{\"jsonrpc\":\"2.0\"}\\n')\n"
    "subprocess.run(['echo', 'by a child'])\nthreading.Thread(target=lambda: time.sleep(1000)).start()\nlistening = socket.create_server(('127.0.0.1', 0))\n"
    "os.environ['CHANGED'] = 'by py'\nos.chdir('/')\natexit.register(print, 'gone')\n"
    + python_step("noisy-py", "", "return {'status': 200, 'body': {'value': os.environ['CHANGED']}}"),
    "src/noisy.step.rb": 'puts \'printed by rb\'\n$stdout.write("raw line\\n")\nSTDOUT.syswrite("{\\"jsonrpc\\":\\"2.0\\"}\\n") rescue nil\nsystem(\'echo by a child\')\n'
    "Thread.new { sleep }\nrequire 'socket'\nSERVER = TCPServer.new('127.0.0.1', 0)\nENV['CHANGED'] = 'by rb'\nDir.chdir('/')\nat_exit { puts 'gone' }\n"
    + ruby_step("noisy-rb", "", "ENV['CHANGED']"),
    "src/zlast.step.ts": node_step(
        "where-ts",
        "const here = process.cwd()",
        "[here === process.cwd(), require('fs').existsSync('src/noisy.step.ts')]",
    ),
    "src/zlast_step.py": python_step(
        "where-py",
        "import os\nHERE = os.getcwd()",
        "return {'status': 200, 'body': {'value': [HERE == os.getcwd(), os.path.exists('src/noisy.step.ts')]}}",
    ),
    "src/zlast.step.rb": ruby_step("where-rb", "HERE = Dir.pwd", "[HERE == Dir.pwd, File.exist?('src/noisy.step.ts')]"),
}


def test_noise_open_ends_and_a_changed_folder_while_loading(tmp_path: Path) -> None:
    project = write(tmp_path, NOISY)
    assert [row["error"] for row in found(project).values()] == [None] * 6
    with serving(project) as server:
        for language in ("ts", "py", "rb"):
            assert server.get(f"/noisy-{language}").json == {"value": f"by {language}"}, server.output
            assert server.get(f"/where-{language}").json == {"value": [True, True]}
            file = f"src/noisy{'_step.py' if language == 'py' else f'.step.{language}'}"
            for words in (f"printed by {language}", f"{file} changes the working directory"):
                until(lambda words=words: words in server.output)
        assert server.stop() == 0
