"""What is seen, and what must not be mistaken, in Python, Ruby, package.json, the configuration and `.env`."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from motia_core.cli.migrate import configuration, packages, python_checks, ruby_checks
from motia_core.cli.migrate.project import Project
from tests.kit.project import write


def python(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in python_checks.check("a_step.py", textwrap.dedent(text))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("n = 0\ndef f():\n    global n\n    n += 1\n", [(4, "module_state")]),
        ("seen = set()\nasync def f(x):\n    seen.add(x)\n", [(3, "module_state")]),
        (
            "import collections\nc = collections.defaultdict(int)\nf = None\nclass A:\n    def g(self):\n        c['a'] += 1\n",
            [(6, "module_state")],
        ),
        ("d: dict = {}\ndef f():\n    del d['a']\n", [(3, "module_state")]),
        ("seen = []\ndef f(seen):\n    seen.append(1)\n", []),
        ("seen = []\ndef f():\n    seen = []\n    seen.append(1)\n", []),
        ("seen = [1]\nseen.append(2)\ndef f():\n    return seen[0] + len(seen)\n", []),
        ("n = 0\ndef f():\n    n = 1\n    return n\n", []),
        ("db = connect()\ndef f():\n    db.update('x')\n", []),
        ("import sys\ndef f():\n    sys.exit(1)\n", [(3, "exit")]),
        ("import os\nos.chdir('x')\n", [(2, "chdir")]),
        (
            "import os\ndef f():\n    os.environ['A'] = '1'\n    os.environ.setdefault('B', '2')\n",
            [(3, "env_write"), (4, "env_write")],
        ),
        ("import os\ndef f():\n    return os.environ['A'] + os.environ.get('B')\n", []),
        ("text = 'sys.exit(1)'  # os.chdir()\ndef f():\n    '''os.environ['A'] = 1'''\n", []),
        ("import sys\nif __name__ == '__main__':\n    sys.exit(0)\n", []),
    ],
)
def test_python_process_and_modules(text: str, wanted: list[tuple[int, str]]) -> None:
    assert python(text) == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("x = await context.state.get('g', 'k')\nreturn x['data']", "state_data"),
        ("return (await context.state.get('g', 'k'))['data']", "state_data"),
        ("state = context.state\nx = await state.get('g', 'k')\nreturn x.get('n')", "state_missing"),
        ("return (await context.state.get('g', 'k')).items()", "state_missing"),
        ("x = await context.state.get('g', 'k')\nreturn x.get('data', x) if isinstance(x, dict) else x", None),
        ("x = await context.state.get('g', 'k')\nif not x:\n    return\nreturn x.get('n')", None),
        ("x = (await context.state.get('g', 'k')) or {}\nreturn x.get('n')", None),
        ("x = await context.state.get('g', 'k')\nreturn x and x.get('n')", None),
        ("x = await context.streams.todo.get('g', 'k')\nreturn x['data']", None),
        ("x = await client.get('g', 'k')\nreturn x['data'], x.json()", None),
        ("for x in await context.state.get_group('g'):\n    x.get('n')", None),
    ],
)
def test_python_state(body: str, wanted: str | None) -> None:
    text = "async def handler(input, context):\n" + textwrap.indent(body, "    ")
    assert [code for _, code in python(text)] == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("return {'ok': True}", "no_status"),
        ("pass", "no_return"),
        ("if req:\n    return\nprint(1)", "no_return"),
        ("return {'status': 200}", None),
        ("return {**answer}", None),
        ("return answer(req)", None),
        ("raise ValueError", None),
        (
            "rows = [{'a': 1} for _ in req]\ndef inner():\n    return {'a': 1}\nreturn {'status': 200, 'body': inner()}",
            None,
        ),
    ],
)
def test_python_answers(body: str, wanted: str | None) -> None:
    text = "config = {'type': 'api', 'name': 'A', 'emits': []}\nasync def handler(req, context):\n" + textwrap.indent(
        body, "    "
    )
    assert [code for _, code in python(text)] == ([wanted] if wanted else [])
    assert python(text.replace("'api'", "'event'")) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("def handler(i)\n  exit\nend\n", [(2, "exit")]),
        ("def handler(i)\n  abort('x') if i\n  Process.exit(1)\nend\n", [(2, "exit"), (3, "exit")]),
        ("def handler(i)\n  $n += 1\n  @@m = 2\nend\n", [(2, "module_state"), (3, "module_state")]),
        ("def handler(i)\n  ENV['A'] ||= 'b'\n  Dir.chdir('/')\nend\n", [(3, "chdir"), (2, "env_write")]),
        (
            "# exit\n$n = 0\ndef handler(i)\n  puts 'exit', \"exit\", $n, ENV['A'], exit_code, i.exit, { exit: 1 }\nend\n",
            [],
        ),
        ("=begin\nexit\n=end\ndef handler(i)\n  x = <<~TEXT\n    exit\n    $n = 1\n  TEXT\n  x == $n\nend\n", []),
        ("def handler(i)\n  i.x == 1 ? \"#{i}\" : ENV['A'] == 'b'\nend\n", []),
    ],
)
def test_ruby(text: str, wanted: list[tuple[int, str]]) -> None:
    assert [(one.line, one.code) for one in ruby_checks.check("a_step.rb", text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("def config\n  { type: 'api', name: 'A', method: 'GET', path: '/a' }\nend", ("api", "A", "GET", "/a")),
        ("CONFIG = { 'type' => 'cron', :name => :B }", ("cron", "B", None, None)),
        ("def handler(i)\nend", (None, None, None, None)),
    ],
)
def test_what_a_ruby_step_says_of_itself(text: str, wanted: tuple[str | None, ...]) -> None:
    facts = ruby_checks.facts("a_step.rb", text)
    assert (facts.kind, facts.name, facts.method, facts.path) == wanted


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("motia dev", ["old_program", "script_loopback"]),
        ("motia dev --host 0.0.0.0", ["old_program", "script_same"]),
        ("NODE_ENV=test npx motia@0.17 dev -p 4000 -H 0.0.0.0", ["old_program", "script_same"]),
        ("tsc && motia dev:debug", ["old_program", "script_loopback"]),
        ("motia start", ["old_program", "script_start"]),
        ("motia docker build", ["script_gone"]),
        ("motia cloud deploy; motia emit --topic a", ["script_gone", "old_program", "script_same"]),
        ("rm -rf .motia node_modules/motia && echo motiadev", []),
        ("jest", []),
    ],
)
def test_scripts(script: str, wanted: list[str]) -> None:
    text = json.dumps({"name": "motia dev", "scripts": {"x": script}}, indent=1)
    found = packages.check(text, {"motia": "0.17"}, ["dev", "start", "emit"])
    assert [one.code for one in found if one.code not in ("old_package", "soft_validation")] == wanted
    assert {one.line for one in found if one.code in wanted} <= {4}
    alone = packages.check(text, {}, ["dev", "start", "emit"])
    assert "old_program" not in [one.code for one in alone]


def test_validation_that_the_configuration_decides() -> None:
    text = '{"dependencies": {"motia": "0.17"}}'
    assert [one.code for one in packages.check(text, {"motia": "0.17"}, [])] == ["old_package", "soft_validation"]
    assert [one.code for one in packages.check(text, {"motia": "0.17"}, [], strict=True)] == ["old_package"]
    assert configuration.decides_validation("export default config({ validation: { http: 'enforce' } })")
    assert not configuration.decides_validation("export default { plugins: [] }; const validation = 1")


@pytest.mark.parametrize(
    "text",
    [
        "export default {\n  plugins: [],\n  app() {},\n}",
        "export default defineConfig({\n  plugins: [],\n  app: (a) => {},\n})",
        "module.exports = {\n  'plugins': [],\n  async app(a) {},\n}",
        "const config = defineConfig({\n  plugins: [],\n  app,\n})\nexport default config",
        "const made: Config = {\n  plugins,\n  app: () => 1,\n}\nexport default made",
    ],
)
def test_the_keys_of_a_configuration(text: str) -> None:
    found = [(one.line, one.code) for one in configuration.check("motia.config.ts", text)]
    assert found == [(2, "config_plugins"), (3, "config_app")]


def test_environment_files_never_show_their_values() -> None:
    text = "# PORT=1\nexport PORT=1\nDATABASE_URL=sqlite:./secret.db\nMOTIA_API_KEY=secret\nOTHER=secret\n"
    values = {"PORT": "1", "DATABASE_URL": "sqlite:./secret.db", "MOTIA_API_KEY": "secret", "OTHER": "secret"}
    found = list(configuration.check_environment(text, values))
    assert [(one.line, one.code) for one in found] == [(2, "env_port"), (3, "env_database"), (4, "env_old_variable")]
    assert "secret" not in repr(found)


def test_which_files_a_step_loads(tmp_path: Path) -> None:
    files = {
        "src/a.step.ts": "import { x } from '../lib'\nimport './b.js'\nconst y = require('./c.service')\nawait import('./d')\nimport 'zod'\n",
        "lib/index.ts": "export * from './deep'\n",
        "lib/deep.ts": "import '../src/a.step'\n",
        "src/b.ts": "",
        "src/c.service.ts": "",
        "src/d/index.mts": "",
        "src/orders/x_step.py": "from src.services.money import to_cents\nfrom .types import A\nfrom ..shared import b\nimport helper, os\nfrom . import near\n",
        "src/services/money.py": "",
        "src/orders/types.py": "",
        "src/shared/b.py": "",
        "src/orders/helper.py": "",
        "src/orders/near.py": "",
        "src/y_step.rb": "require 'json'\nrequire_relative '../lib/text'\n",
        "lib/text.rb": "",
        "lib/unused.ts": "process.exit()",
    }
    project = Project(write(tmp_path, files))
    loaded = project.loaded(*(one.file for one in project.steps))
    assert sorted(loaded) == sorted(set(files) - {"lib/unused.ts"})
    assert project.loaded("src/../../outside.ts") == ["src/../../outside.ts"]
