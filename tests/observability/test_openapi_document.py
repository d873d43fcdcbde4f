"""What OpenAPI says of steps, as a pure function: paths, parameters, bodies, answers. The validator is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from motia_core.openapi.document import Info, document, info_of
from tests.unit.steps.reports import project


def made(*configs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The document of these steps, which the validator accepts."""
    steps = [{"type": "api", "name": f"S{n}", "method": "POST", "emits": [], **one} for n, one in enumerate(configs)]
    found = document(project({"src/a.step.ts": steps}), Info(**more))
    OpenAPIV31SpecValidator(found).validate()
    return found


def operation(config: dict[str, Any]) -> dict[str, Any]:
    [item] = made({"path": "/x", **config})["paths"].values()
    [found] = item.values()
    return found


def body(schema: Any, **more: Any) -> Any:
    content = operation({"bodySchema": schema, **more})["requestBody"]["content"]
    return content["application/json"]["schema"]


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("/users/:id", "/users/{id}", {"id": {"type": "string", "minLength": 1}}),
        (r"/users/:id(\d+)", "/users/{id}", {"id": {"type": "string", "pattern": r"^(?:\d+)$"}}),
        (
            "/:from-:to",
            "/{from}-{to}",
            {"from": {"type": "string", "minLength": 1}, "to": {"type": "string", "minLength": 1}},
        ),
        ("/files/*", "/files/{0}", {"0": {"type": "string"}}),
        ("/a b/{x}", "/a%20b/%7Bx%7D", {}),
        ("/users/", "/users", {}),
        ("/é", "/%C3%A9", {}),
    ],
)
def test_a_template_becomes_a_path(template: str, path: str, parameters: dict[str, Any]) -> None:
    [(found, item)] = made({"path": template})["paths"].items()
    assert found == path
    given = item["post"].get("parameters", [])
    assert {one["name"]: one["schema"] for one in given} == parameters
    assert all(one["required"] is True and one["in"] == "path" for one in given)


def test_an_optional_segment_makes_two_paths_with_ids_of_their_own() -> None:
    paths = made({"path": "/:lang?/docs"})["paths"]
    assert list(paths) == ["/docs", "/{lang}/docs"]
    assert {paths[path]["post"]["operationId"] for path in paths} == {"S0", "S0_2"}


def test_templates_that_differ_in_names_only_are_one_path() -> None:
    [(path, item)] = made({"path": "/u/:id", "method": "GET"}, {"path": "/U/:name", "method": "PUT"})["paths"].items()
    assert path == "/u/{id}"
    [second] = item["put"]["parameters"]
    assert (second["name"], second["description"]) == ("id", "The step calls it `name`.")


def test_every_method_but_what_another_step_serves() -> None:
    [item] = made({"path": "/x", "method": "*"}, {"path": "/x", "method": "GET"})["paths"].values()
    assert {name: one["summary"] for name, one in item.items()} == {
        "get": "S1", "put": "S0", "post": "S0", "delete": "S0", "patch": "S0",
    }  # fmt: skip


def test_operation_ids_are_unique_whatever_the_names() -> None:
    paths = made({"name": "a b", "path": "/1"}, {"name": "a-b", "path": "/2"}, {"name": "名", "path": "/3"})["paths"]
    assert [paths[path]["post"]["operationId"] for path in paths] == ["a_b", "a_b_2", "step"]


def test_flows_are_tags_and_the_description_is_told() -> None:
    found = made({"path": "/x", "flows": ["b", "a"], "description": "What it does"})
    [item] = found["paths"].values()
    assert (item["post"]["tags"], item["post"]["description"]) == (["b", "a"], "What it does")
    assert found["tags"] == [{"name": "a"}, {"name": "b"}]


@pytest.mark.rows(200, 201)
def test_a_body_with_its_example_and_whether_it_is_needed() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}}
    found = operation({"bodySchema": {**schema, "required": ["n"]}})["requestBody"]
    assert found["required"] is True
    assert found["content"]["application/json"]["example"] == {"n": 3}
    assert operation({"bodySchema": schema})["requestBody"]["required"] is False
    assert (
        operation({"bodySchema": {**schema, "required": ["n"]}, "method": "DELETE"})["requestBody"]["required"] is False
    )
    assert operation({})["requestBody"] == {"content": {"application/json": {"schema": {}}}}
    assert "requestBody" not in operation({"method": "GET"})


def test_an_example_that_breaks_the_schema_is_none() -> None:
    one = {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True}
    assert "example" not in operation({"bodySchema": one})["requestBody"]["content"]["application/json"]


@pytest.mark.rows(202)
def test_answers_by_status_beside_what_the_server_answers_itself() -> None:
    responses = operation({
        "bodySchema": {"type": "object"},
        "responseSchema": {
            "201": {"type": "object", "properties": {"id": {"type": "string"}}},
            "204": {"type": "null"},
            "400": {"type": "object", "properties": {"why": {"type": "string"}}},
            "default": {"type": "object"},
        },
    })["responses"]  # fmt: skip
    assert list(responses) == ["201", "204", "400", "413", "415", "500", "502", "503", "504"]
    assert responses["201"]["content"]["application/json"]["schema"]["properties"] == {"id": {"type": "string"}}
    assert "content" not in responses["204"]
    either = responses["400"]["content"]["application/json"]["schema"]["anyOf"]
    assert either[0]["properties"] == {"why": {"type": "string"}}
    assert either[1]["anyOf"][0] == {"$ref": "#/components/schemas/ValidationError"}
    assert "default" in operation({})["responses"]


@pytest.mark.parametrize(
    ("schema", "media"),
    [
        ({"type": "object"}, ["application/json"]),
        ({"type": "string"}, ["text/plain", "text/html"]),
        ({"type": "string", "format": "binary"}, ["application/octet-stream"]),
        ({"type": "string", "contentMediaType": "text/event-stream"}, ["text/event-stream"]),
        ({"type": ["string", "object"]}, ["application/json", "text/plain", "text/html"]),
    ],
)
def test_the_media_type_follows_the_schema(schema: Any, media: list[str]) -> None:
    assert list(operation({"responseSchema": {"200": schema}})["responses"]["200"]["content"]) == media


def test_files_may_come_as_a_form() -> None:
    schema = {"type": "object", "properties": {"photo": {"type": "string", "format": "binary"}}}
    assert list(operation({"bodySchema": schema})["requestBody"]["content"]) == [
        "application/json",
        "multipart/form-data",
    ]


def test_parameters_from_schemas_and_from_names() -> None:
    tree = {"type": "object", "properties": {"a": {"type": "string"}}}
    found = operation({
        "path": "/x/:id",
        "queryParams": [{"name": "q", "description": "what"}, {"name": "page", "description": "which"}, {"name": "q", "description": "again"}],
        "parameters": {
            "query": {"type": "object", "required": ["page"], "properties": {"page": {"type": "integer"}, "where": tree}},
            "params": {"$defs": {"P": {"properties": {"id": {"type": "string", "format": "uuid"}}}}, "$ref": "#/$defs/P"},
            "headers": {"properties": {"X-Tenant": {"type": "string"}, "Content-Type": {"type": "string"}}},
        },
    })["parameters"]  # fmt: skip
    assert found == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
        {"name": "page", "in": "query", "required": True, "schema": {"type": "integer"}, "description": "which"},
        {"name": "where", "in": "query", "schema": tree, "style": "deepObject", "explode": True},
        {"name": "q", "in": "query", "schema": {"type": "string"}, "description": "what"},
        {"name": "X-Tenant", "in": "header", "schema": {"type": "string"}},
    ]


def test_streams_with_server_sent_events() -> None:
    files: dict[str, object] = {
        "src/chat.stream.ts": {
            "name": "chat",
            "schema": {"type": "object"},
            "sse": "/chat/:groupId",
            "description": "Talk",
        }
    }
    found = document(project(files), Info())
    OpenAPIV31SpecValidator(found).validate()
    operation = found["paths"]["/chat/{groupId}"]["get"]
    assert operation["description"] == "Talk"
    assert list(operation["responses"]) == ["200", "400", "401", "403", "404", "503"]
    assert list(operation["responses"]["200"]["content"]) == ["text/event-stream"]


def test_nothing_to_serve_is_a_document_too() -> None:
    found = made(title="T", version="9", description="D")
    assert found == {"openapi": "3.1.0", "info": {"title": "T", "version": "9", "description": "D"}, "paths": {}}


def test_the_same_steps_give_the_same_document() -> None:
    configs = [{"path": f"/{n}", "bodySchema": {"type": "object"}} for n in range(5)]
    assert made(*configs) == made(*configs)


def test_what_the_document_says_of_itself(tmp_path: Any) -> None:
    assert info_of(tmp_path) == Info("Motia Project API", "1.0.0", "")
    (tmp_path / "package.json").write_text('{"name": "shop", "version": "2.0.0", "description": "d"}')
    assert info_of(tmp_path) == Info("shop", "2.0.0", "d")
    (tmp_path / "package.json").write_text("{")
    assert info_of(tmp_path) == Info()
