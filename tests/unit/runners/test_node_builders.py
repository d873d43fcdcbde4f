"""Builders in files of every kind: several in one, passed on by an index, with schemas for each part of a request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("builders")) as started:
        yield started


MANY = """
export const one = event({ id: 'one' }, async (n) => [1, n]);
const two = cron({ id: 'two', schedule: '@daily' }, () => 2);
export { two };
export default api({ id: 'three', method: 'GET', path: '/three' }, () => ({ three: 3 }));
export const helper = (n) => n;
"""
COMMON = """
const { api, event, cron } = require('@motia/core');
exports.one = event({ id: 'one' }, async (n) => [1, n]);
exports.two = cron({ id: 'two', schedule: '@daily' }, () => 2);
exports.three = api({ id: 'three', method: 'GET', path: '/three' }, () => ({ three: 3 }));
exports.helper = (n) => n;
"""
IMPORT = "import { api, event, cron } from '@motia/core';\n"
AS_OBJECT = """
export default {
  one: event({ id: 'one' }, async (n) => [1, n]),
  two: cron({ id: 'two', schedule: '@daily' }, () => 2),
  three: api({ id: 'three', method: 'GET', path: '/three' }, () => ({ three: 3 })),
};
"""


@pytest.mark.rows(71, 72, 73, 76, 95, 103)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("motia/steps/many.ts", IMPORT + MANY),
        ("motia/steps/many.js", IMPORT + MANY),
        ("motia/steps/many.mts", IMPORT + MANY),
        ("motia/steps/many.mjs", IMPORT.replace("@motia/core", "motia") + MANY),
        ("motia/steps/common.js", COMMON),
        ("motia/steps/common.cjs", COMMON),
        ("motia/steps/common.cts", COMMON),
        ("steps/many.step.ts", IMPORT + MANY),
        ("src/common_step.js", COMMON),
        ("motia/steps/object.ts", IMPORT + AS_OBJECT),
        ("motia/steps/object.cjs", COMMON.replace("exports.", "made.").replace("const {", "const made = {};\nconst {") + "module.exports = made;\n"),
    ],
)  # fmt: skip
def test_several_builders_in_one_file(node: Node, name: str, text: str) -> None:
    file = node.write(name, text)
    steps = {step["config"]["name"]: step for step in node.describe(file, changed=(file,))[0]["steps"]}
    assert {each: step["config"]["type"] for each, step in steps.items()} == {
        "one": "event",
        "two": "cron",
        "three": "api",
    }
    member = {each: str(step["member"]) for each, step in steps.items()}
    assert node.run(file, 5, member=member["one"]) == [1, 5]
    assert node.run(file, None, "cron", member=member["two"]) == 2
    assert node.call(file, method="GET", member=member["three"])["body"] == {"three": 3}


def test_an_index_has_no_steps_of_its_own(node: Node) -> None:
    node.write("motia/steps/users/create.ts", IMPORT + "export default event({ id: 'create' }, async () => 1);\n")
    index = node.write(
        "motia/steps/users/index.ts",
        "export { default as create } from './create';\nexport * from '../shared/built';\n",
    )
    node.write("motia/steps/shared/built.ts", IMPORT + "export const built = event({ id: 'built' }, async () => 1);\n")
    assert node.describe(index)[0]["error"]["code"] == "no_config"
    # Made by a function, or in a file that is no step: whoever exports it has it.
    node.write("services/made.ts", IMPORT + "export const make = (id: string) => event({ id }, async () => id);\n"
               "export const ready = event({ id: 'ready' }, async () => 1);\n")  # fmt: skip
    file = node.write(
        "motia/steps/users/made.ts",
        "import { make } from '../../../services/made';\nexport { ready } from '../../../services/made';\n"
        "export default make('made');\nexport const waited = await Promise.resolve(make('waited'));\n",
    )
    assert {str(step["config"]["name"]) for step in node.describe(file)[0]["steps"]} == {"made", "waited", "ready"}


@pytest.mark.rows(79)
def test_parts_of_the_request_have_schemas_of_their_own(node: Node) -> None:
    file = node.write(
        "motia/steps/search.ts",
        IMPORT + "import { z } from 'zod';\n"
        "const page = z.object({ page: z.coerce.number().int().default(1), tags: z.string().transform((t) => t.split(',')).optional() });\n"
        "const schema = { body: z.object({ a: z.string().default('x') }), query: page, params: z.object({ id: z.string().min(2) }), headers: z.object({ 'x-key': z.string() }) };\n"
        "export default api({ id: 'search', method: 'POST', path: '/search/:id', schema }, async ({ body, query, queryParams, params, headers }) =>\n"
        "  ({ body, query, same: query === queryParams, params, other: headers.other }));\n",
    )
    report = node.describe(file)[0]
    assert report["warnings"] == []
    config = report["steps"][0]["config"]
    assert config["queryParams"] == [{"name": "page"}, {"name": "tags"}]
    assert {"query", "params"} <= set(config["parameters"]) <= {"query", "params", "headers"}
    assert set(config["parameters"]["query"]["properties"]) == {"page", "tags"}
    assert set(config) == {"type", "name", "method", "path", "bodySchema", "validation", "queryParams", "parameters"}
    good = {"params": {"id": "abc"}, "headers": {"x-key": "k", "other": "kept"}}
    response = node.call(file, json={}, query={"page": "3", "tags": "a,b"}, **good)
    assert response["body"] == {
        "body": {"a": "x"},
        "query": {"page": 3, "tags": ["a", "b"]},
        "same": True,
        "params": {"id": "abc"},
        "other": "kept",
    }
    with pytest.raises(Refused) as caught:
        node.call(file, json={"a": 1}, query={"page": "x"}, params={"id": "a"})
    assert {issue["path"] for issue in caught.value.data["issues"]} == {"a", "query.page", "params.id", "headers.x-key"}
    # A request without a body has none to check; the rest is checked all the same.
    with pytest.raises(Refused) as caught:
        node.call(file, validation="off", query={"page": "x"}, **good)
    assert [issue["path"] for issue in caught.value.data["issues"]] == ["query.page"]


def test_a_part_that_cannot_be_checked_is_named(node: Node) -> None:
    file = node.write(
        "motia/steps/open.ts",
        IMPORT
        + "export default api({ id: 'open', method: 'GET', path: '/open', schema: { query: { page: 'integer' } } }, async () => 1);\n",
    )
    report = node.describe(file)[0]
    assert [(warning["code"], "schema.query" in warning["message"]) for warning in report["warnings"]] == [
        ("bad_schema", True)
    ]
    assert report["steps"][0]["config"]["queryParams"] == [{"name": "page"}]


def test_the_body_s_schema_itself(node: Node) -> None:
    file = node.write(
        "motia/steps/short.ts",
        IMPORT + "import { z } from 'zod';\n"
        "export const a = api({ id: 'a', method: 'POST', path: '/a', schema: z.object({ body: z.string() }) }, async ({ body }) => body);\n"
        "export const b = api({ id: 'b', method: 'POST', path: '/b', schema: { body: 'string', title: 'string' } }, async ({ body }) => body);\n"
        "export const c = api({ id: 'c', method: 'POST', path: '/c', schema: { response: z.object({}) } }, async () => ({}));\n",
    )
    steps = {str(step["member"]): step["config"] for step in node.describe(file)[0]["steps"]}
    assert set(steps["a"]["bodySchema"]["properties"]) == {"body"}
    assert set(steps["b"]["bodySchema"]["properties"]) == {"body", "title"}
    assert "bodySchema" not in steps["c"]
    assert list(steps["c"]["responseSchema"]) == ["200"]


def test_an_event_is_heard_under_its_id_and_its_topics(node: Node) -> None:
    file = node.write(
        "motia/steps/topics.ts",
        IMPORT
        + "export const a = event({ id: 'a', subscribes: ['x', 'a'] }, async () => 1);\nexport const b = event({ id: 'b', subscribes: 'y' }, async () => 1);\n",
    )
    subscribed = {str(step["member"]): step["config"]["subscribes"] for step in node.describe(file)[0]["steps"]}
    assert subscribed == {"a": ["x", "a"], "b": ["y", "b"]}


@pytest.mark.rows(85)
@pytest.mark.parametrize(
    ("returned", "status", "kind", "body"),
    [
        ("{ success: true, status: 'processing' }", 200, "json", {"success": True, "status": "processing"}),
        ("{ status: 404, body: { no: 1 } }", 404, "json", {"no": 1}),
        ("{ status: 201 }", 201, "none", None),
        ("{ status: 201, id: 'x' }", 200, "json", {"status": 201, "id": "x"}),
        ("{ body: 1, more: 2 }", 200, "json", {"body": 1, "more": 2}),
        ("{ body: { a: 1 } }", 200, "json", {"a": 1}),
        ("[1, 2]", 200, "json", [1, 2]),
        ("'text'", 200, "text", "text"),
        ("undefined", 204, "none", None),
    ],
)
def test_what_an_api_builder_returns(node: Node, returned: str, status: int, kind: str, body: object) -> None:
    file = node.write(
        "motia/steps/returns.ts",
        IMPORT + f"export default api({{ id: 'r', method: 'POST', path: '/r' }}, async () => ({returned}));\n",
    )
    node.describe(file, changed=(file,))
    response = node.call(file)
    assert (response["status"], response["kind"], response.get("body")) == (status, kind, body)


def test_trigger_needs_a_running_step_and_an_id(node: Node) -> None:
    file = node.write("motia/steps/early.ts", "await motia.trigger('x');\n")
    assert "only while a step runs" in str(node.describe(file)[0]["error"]["message"])
    file = node.write("motia/steps/odd.ts", IMPORT + "export default event({ id: 'odd' }, () => motia.trigger(undefined));\n")  # fmt: skip
    with pytest.raises(Refused) as caught:
        node.run(file, None)
    assert "needs the id of a step" in caught.value.message
