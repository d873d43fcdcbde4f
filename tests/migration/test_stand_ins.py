"""Configurations of old Motia in every file form: plugins, adapters and the workbench are inert, our own keys count, and
what has no effect is named once. The old packages lie in node_modules and would throw if they were ever loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import motia
from tests.migration.installed import install_old_packages

IMPORTS = """
import { defineConfig } from 'motia'
import observabilityPlugin from '@motiadev/plugin-observability/plugin'
import * as states from '@motiadev/plugin-states'
import logs, { LogsPage } from '@motiadev/plugin-logs'
import { BullMQEventAdapter } from '@motiadev/adapter-bullmq-events'
import { FileStateAdapter, RedisStreamAdapterManager, defineConfig as other } from '@motiadev/core'
import '@motiadev/plugin-endpoint/dist/styles.css'
import '@motiadev/workbench/styles.css'
import { workbenchXPath } from 'motia/workbench'
"""
REQUIRES = """
const { defineConfig } = require('@motiadev/core')
const { defineConfig: other } = require('motia')
const { default: observabilityPlugin } = require('@motiadev/plugin-observability/plugin')
const states = require('@motiadev/plugin-states')
const logs = require('@motiadev/plugin-logs'), { LogsPage } = logs
const { BullMQEventAdapter } = require('@motiadev/adapter-bullmq-events')
const { FileStateAdapter, RedisStreamAdapterManager } = require('@motiadev/core')
const { workbenchXPath } = require('@motiadev/workbench')
require('motia/workbench')
"""
BOTH = """
import { defineConfig } from 'motia'
import observabilityPlugin from '@motiadev/plugin-observability/plugin'
import { FileStateAdapter, RedisStreamAdapterManager } from '@motiadev/core'
const { defineConfig: other } = require('motia')
const states = require('@motiadev/plugin-states')
const logs = require('@motiadev/plugin-logs'), { LogsPage } = logs
const { BullMQEventAdapter } = require('@motiadev/adapter-bullmq-events')
const { workbenchXPath } = require('@motiadev/workbench')
"""
VALUE = """defineConfig({
  app: (app) => app.use(() => {}),
  plugins: [observabilityPlugin, states.default(), new logs.Plugin({ page: LogsPage }), (motia) => other({ workbench: [] })],
  adapters: {
    state: new FileStateAdapter({ adapter: 'default' }),
    streams: new RedisStreamAdapterManager({ host: 'localhost' }, { socketKeepAlive: true }),
    events: new (class extends BullMQEventAdapter { constructor() { super({ prefix: `${workbenchXPath.a.b}` }) } })(),
  },
  redis: { useMemoryServer: true },
  port: 4001,
})"""


@pytest.mark.parametrize(
    ("name", "head", "export"),
    [
        ("motia.config.ts", IMPORTS, "export default "),
        ("motia.config.ts", BOTH, "export default "),
        ("motia.config.mts", REQUIRES, "export default "),
        ("motia.config.js", IMPORTS, "export default "),
        ("motia.config.js", REQUIRES, "module.exports = "),
        ("motia.config.js", BOTH, "export default "),
        ("motia.config.mjs", IMPORTS, "export default "),
        ("motia.config.cjs", REQUIRES, "module.exports = "),
    ],
)
def test_an_old_configuration_loads(tmp_path: Path, name: str, head: str, export: str) -> None:
    install_old_packages(tmp_path)
    write(tmp_path, {"package.json": '{"type": "module"}', name: head + export + VALUE})
    done = motia(tmp_path, "config", "--json")
    assert done.returncode == 0, done.stderr
    rows = {row["key"]: row for row in json.loads(done.stdout)}
    assert rows["port"] == {"key": "port", "value": 4001, "from": name}
    for key in ("app", "plugins", "adapters", "redis"):
        assert done.stderr.count(f"`{key}`") == 1, done.stderr
    # No package.json dependency, so bodies are validated as in any new project.
    assert rows["validation.http"]["value"] == "enforce"


def test_a_misspelt_name_is_no_stand_in(tmp_path: Path) -> None:
    write(
        tmp_path, {"motia.config.ts": "import { defineConfg } from 'motia'\nexport default defineConfg({ port: 1 })\n"}
    )
    done = motia(tmp_path, "config")
    assert done.returncode == 1
    assert "motia.config.ts:2" in done.stderr
    assert "not a function" in done.stderr
