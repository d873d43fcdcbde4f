"""The inputs of event steps: warned about or refused into the dead letters, defaults filled in, whoever checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until

LANGUAGES = ("ts", "js", "py", "rb", "own-ts", "own-py")
EMITTER = """
    exports.config = { type: 'api', name: 'emit', method: 'POST', path: '/emit-any', emits: [] }
    exports.handler = async (req, { emit }) => { await emit(req.body); return { status: 200, body: {} } }
"""
SEEN = """
    exports.config = { type: 'api', name: 'seen', method: 'GET', path: '/seen/:topic', emits: [] }
    exports.handler = async (req, { state }) => ({ status: 200, body: { seen: await state.get('seen', req.pathParams.topic) } })
"""
STEPS = {
    "ts": (
        ".step.ts",
        """
        import {{ z }} from 'zod'
        export const config = {{ type: 'event', name: 'n.{topic}', subscribes: ['{topic}'], emits: [], {more}
          input: z.object({{ id: z.string(), n: z.number().default(3) }}) }}
        export const handler = async (input: any, {{ state }}: any) => {{ await state.set('seen', '{topic}', input) }}
        """,
    ),
    "js": (
        ".step.js",
        """
        exports.config = {{ type: 'event', name: 'n.{topic}', subscribes: ['{topic}'], emits: [], {more}
          input: {{ type: 'object', required: ['id', 'n'], properties: {{ id: {{ type: 'string' }}, n: {{ type: 'number', default: 3 }} }} }} }}
        exports.handler = async (input, {{ state }}) => {{ await state.set('seen', '{topic}', input) }}
        """,
    ),
    "py": (
        "_step.py",
        """
        config = {{"type": "event", "name": "n.{topic}", "subscribes": ["{topic}"], "emits": [], {more}
            "input": {{"type": "object", "required": ["id"], "properties": {{"id": {{"type": "string"}}, "n": {{"type": "number", "default": 3}}}}}}}}

        async def handler(input, context):
            await context.state.set("seen", "{topic}", input)
        """,
    ),
    "rb": (
        "_step.rb",
        """
        def config = {{ type: :event, name: "n.{topic}", subscribes: ["{topic}"], emits: [], {more}
          input: {{ type: "object", required: ["id"], properties: {{ id: {{ type: "string" }}, n: {{ type: "number", default: 3 }} }} }} }}
        def handler(input, context) = context.state.set("seen", "{topic}", input)
        """,
    ),
    "own-ts": (
        ".step.ts",
        """
        import {{ z }} from 'zod'
        export const config = {{ type: 'event', name: 'n.{topic}', subscribes: ['{topic}'], emits: [], {more}
          input: z.object({{ id: z.string({{ message: 'no id' }}), n: z.coerce.number().default(3) }}) }}
        export const handler = async (input: any, {{ state }}: any) => {{ await state.set('seen', '{topic}', input) }}
        """,
    ),
    "own-py": (
        "_step.py",
        """
        from pydantic import BaseModel, field_validator

        class Input(BaseModel):
            id: str
            n: int = 3

            @field_validator("id", mode="before")
            @classmethod
            def text(cls, value):
                if not isinstance(value, str):
                    raise ValueError("no id")
                return value

        config = {{"type": "event", "name": "n.{topic}", "subscribes": ["{topic}"], "emits": [], {more} "input": Input}}

        async def handler(input, context):
            await context.state.set("seen", "{topic}", input)
        """,
    ),
}
MODES = ("plain", "enforce", "off")


def files() -> dict[str, str]:
    made = {"steps/emit.step.js": EMITTER, "steps/seen.step.js": SEEN}
    for language, (ending, text) in STEPS.items():
        for mode in MODES:
            quoted = f'"validation": "{mode}",' if ending == "_step.py" else f"validation: '{mode}',"
            more = "" if mode == "plain" else quoted
            made[f"steps/{language}-{mode}{ending}"] = text.format(topic=f"{language}.{mode}", more=more)
    return made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("house"), files())) as server:
        yield server


def emit(server: Server, topic: str, data: object) -> None:
    assert server.post("/emit-any", {"topic": topic, "data": data}).status == 200


def letters(server: Server) -> list[dict[str, Any]]:
    return json.loads(motia(server.project, "dead", "list", "--json").stdout)


def seen(server: Server, topic: str) -> Any:
    """What the handler of this topic was given last, once there is something."""
    return until(lambda: server.get(f"/seen/{topic}").json["seen"])


@pytest.mark.rows(218)
@pytest.mark.parametrize("language", LANGUAGES)
def test_data_gets_its_defaults(house: Server, language: str) -> None:
    topic = f"{language}.enforce"
    emit(house, topic, {"id": "good", "more": [1]})
    assert seen(house, topic) == {"id": "good", "n": 3, "more": [1]}


def test_wrong_data_is_warned_about_and_runs(house: Server) -> None:
    for language in LANGUAGES:
        emit(house, f"{language}.plain", {"id": 7})
    for language in LANGUAGES:
        assert seen(house, f"{language}.plain")["id"] == 7, language

    def warnings() -> dict[str, int]:
        lines = [json.dumps(line) for line in house.logs() if line["level"] == "warn"]
        return {language: sum(f"n.{language}.plain" in line for line in lines) for language in LANGUAGES}

    until(lambda: all(warnings().values()))
    assert warnings() == dict.fromkeys(LANGUAGES, 1)


def test_enforced_wrong_data_becomes_a_dead_letter_at_once(house: Server) -> None:
    for language in LANGUAGES:
        emit(house, f"{language}.enforce", {"id": 7, "n": 1})
    steps = {f"n.{language}.enforce" for language in LANGUAGES}
    until(lambda: steps <= {letter["step"] for letter in letters(house)})
    for letter in letters(house):
        if letter["step"] in steps:
            assert (letter["reason"], letter["attemptsMade"]) == ("invalid", 1), letter
            assert "id" in letter["failureReason"], letter


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_check_no_defaults_when_off(house: Server, language: str) -> None:
    topic = f"{language}.off"
    emit(house, topic, {"id": 7})
    assert seen(house, topic) == {"id": 7}


def test_the_configuration_says_it_for_all(tmp_path: Any) -> None:
    made = {"steps/emit.step.js": EMITTER, "motia.toml": '[validation]\nevents = "enforce"\nhttp = "off"\n'}
    ending, text = STEPS["js"]
    made[f"steps/one{ending}"] = text.format(topic="one", more="")
    made["steps/http.step.js"] = """
        exports.config = { type: 'api', name: 'http', method: 'POST', path: '/http', bodySchema: { a: 'number' } }
        exports.handler = async (req) => ({ status: 200, body: req.body })
    """
    with serving(write(tmp_path, made)) as server:
        assert server.post("/http", {"a": "x"}).json == {"a": "x"}
        emit(server, "one", {"id": 7})
        assert until(lambda: letters(server))[0]["reason"] == "invalid"
        assert server.state("seen", "one") is None


def test_a_project_of_old_packages_is_warned_not_refused(tmp_path: Any) -> None:
    made = {
        "package.json": '{"dependencies": {"motia": "^0.17.0", "zod": "^3.22.0"}}',
        "steps/http.step.js": """
            exports.config = { type: 'api', name: 'http', method: 'POST', path: '/http', bodySchema: { a: 'number' } }
            exports.handler = async (req) => ({ status: 200, body: req.body })
        """,
    }
    with serving(write(tmp_path, made)) as server:
        assert server.post("/http", {"a": "x"}).json == {"a": "x"}
        until(lambda: [line for line in server.logs() if "does not match its schema" in line["msg"]])
        assert "bodies that break a schema are logged, not refused" in server.output
