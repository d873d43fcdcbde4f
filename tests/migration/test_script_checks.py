"""What is seen, and what must not be mistaken, in TypeScript and JavaScript."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motia_core.cli.migrate import script_checks
from motia_core.cli.migrate.script import Script

API = "export const config = { type: 'api', name: 'A', method: 'GET', path: '/a', emits: ['a.done'] }\n"


def codes(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in script_checks.check("steps/a.step.ts", textwrap.dedent(text))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("let n = 0\nconst f = () => n++\n", [2]),
        ("let n = 0\nconst f = () => { n += 1 }\n", [2]),
        ("var last\nfunction f(x) {\n  last = x\n}\n", [3]),
        (
            "let client: Client | undefined\nexport function get(): Client {\n  return (client ??= new Client())\n}\n",
            [3],
        ),
        ("const seen = new Set<string>()\nexport const f = (id: string) => {\n  seen.add(id)\n}\n", [3]),
        ("const list: string[] = []\nclass A {\n  run(x: string): void {\n    list.push(x)\n  }\n}\n", [4]),
        ("const cache: Record<string, { n: number }> = {}\nexport const f = (k) => { cache[k] = { n: 1 } }\n", [2]),
        ("const stats = { n: 0 }\nexport const f = async () => {\n  stats.n++\n}\n", [3]),
        ("import { shared } from './lib'\nexport const f = () => {\n  shared.last = 1\n}\n", [3]),
        ("const a = [],\n  b = 1\nfunction f() { a[0].x = 1 }\n", [3]),
        # Nothing of these changes a variable of the module.
        ("let n = 0\nn = 1\nn++\n", []),
        ("let n = 0\nconst f = (n) => n++\n", []),
        ("let n = 0\nfunction f() { const n = 1; return n === 1 }\n", []),
        ("let n = 0\nconst f = () => ({ n: 1 })\n", []),
        ("let n = 0\nconst f = () => other.n++\n", []),
        ("let n = 0\nconst f = () => n == 1 && n >= 0 && n => 1\n", []),
        ("let n = 0\nconst f = (n: number): Promise<A, { b: string }> => n++\n", []),
        ("let n = 0\nconst f = (n): Result => n++\nfunction g(n): Promise<{ a: 1 }> { n++ }\n", []),
        ("const db = new Client()\nexport const f = () => { db.set('a', 1); db.delete('b') }\n", []),
        ("const rates = { a: 1 }\nconst f = () => rates.a + rates['a']\n", []),
        ("import { Product } from './p'\nexport const f = () => {\n  const all: Product[] = []\n}\n", []),
        ("import { Map2 } from './p'\nexport const f = (x: Map2['a'] = 1) => x\n", []),
        ("import axios from 'axios'\nexport const f = async () => axios.get('x')\n", []),
        ("const text = `let n = 0; ${`nested ${'n++'}`} // no comment`\nconst f = () => text\n", []),
        ("const p = /[/'\"`{]+/g\nlet n = 1\nconst f = (x) => x / n / 2\n", []),
    ],
)
def test_module_state(text: str, wanted: list[int]) -> None:
    assert codes(text) == [(line, "module_state") for line in wanted]


@pytest.mark.parametrize(
    ("handler", "wanted"),
    [
        ("export const handler = async (req, ctx) => {\n  return { body: 1 }\n}", [(3, "no_status")]),
        ("export const handler: Handlers['A'] = async (req) => ({ ok: true })", [(2, "no_status")]),
        ("export async function handler(req) {\n  return { error: 'x' }\n}", [(3, "no_status")]),
        (
            "exports.handler = async function (req) {\n  if (req) return { status: 200 }\n  return { a: 1 }\n}",
            [(4, "no_status")],
        ),
        ("const handler = async () => {\n  await 1\n}\nmodule.exports = { config, handler }", [(2, "no_return")]),
        (
            "export const handler = async () => {\n  if (1) return\n  try { a() } catch { return; }\n}",
            [(2, "no_return")],
        ),
        # Answers, or what cannot be judged by looking.
        ("export const handler = async () => ({ status: 200 })", []),
        ("export const handler = async (): Promise<{ a: string }> => ({ status: 200, body: {} })", []),
        ("export const handler = async () => { return { ...answer } }", []),
        ("export const handler = async () => { return answer() }", []),
        ("export const handler = async () => { return a ? { status: 200 } : { status: 404 } }", []),
        ("export const handler = async () => { return { a: 1 }.a }", []),
        ("export const handler = async () => { throw new Error('x') }", []),
        ("export const handler = async () => { return { status: 200, body: list.map((x) => { return { x } }) } }", []),
        (
            "export const handler = async () => {\n  const f = function () { return { a: 1 } }\n  return { 'status': 200 }\n}",
            [],
        ),
        ("export const handler = wrap(async () => { return { a: 1 } })", []),
        ("export const handler = ok", []),
    ],
)
def test_answers(handler: str, wanted: list[tuple[int, str]]) -> None:
    assert codes(API + handler) == wanted
    event = API.replace("'api'", "'event'")
    assert codes(event + handler) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("await emit({ topic: 'b', data })", ["undeclared_emit"]),
        ("await ctx.emit({ data: { topic: 'x' }, topic: `b` })", ["undeclared_emit"]),
        ("await emit({ topic: 'a.done', data })", []),
        ("await emit({ topic: `a.${x}`, data })", []),
        ("await emit({ topic: 'a' + x, data })", []),
        ("await emit({ topic, data })", []),
        ("await emit(event)", []),
        ("socket.emit('b', {})", []),
    ],
)
def test_emits(text: str, wanted: list[str]) -> None:
    step = (
        "export const config = { type: 'event', name: 'A', subscribes: [], emits: [{ topic: 'a.done', label: 'x' }] }\n"
    )
    inside = f"export const handler = async () => {{ {text} }}\n"
    assert [code for _, code in codes(step + inside)] == wanted
    # No topics, or topics that are not written out: everything was delivered.
    for emits in ("[]", "topics", "[...topics, 'z']", "[TOPIC]"):
        assert codes(step.replace("[{ topic: 'a.done', label: 'x' }]", emits) + inside) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("process.exit()", ["exit"]),
        ("process . exit ( 1 )", ["exit"]),
        ("process.chdir('/')", ["chdir"]),
        ("process.env.A = '1'", ["env_write"]),
        ("process.env['A'] ??= '1'", ["env_write"]),
        ("delete process.env.A", ["env_write"]),
        ("ctx.streams['motia-trace'].get('a', 'b')", ["internal_stream"]),
        ("fetch('http://localhost:3000/__motia/step/1')", ["internal_route"]),
        ("fetch('http://localhost:3000/emit')", ["emit_route"]),
        ("context.rpc.send('x')", ["rpc"]),
        ("const x = process.env.A === '1' || process.cwd()", []),
        ("log('process.exit(1)', /process.exit()/, `process.chdir()`) // process.exit()", []),
        ("my.process.exit()", []),
        ("fetch('http://shop/emitters')", []),
        ("fetch('http://localhost:3000/__motia/api/steps')", []),
    ],
)
def test_internals(text: str, wanted: list[str]) -> None:
    assert [code for _, code in codes(f"export const f = async (ctx, context) => {{ {text} }}\n")] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (API, ("api", "A", "GET", "/a")),
        (
            "export const config: ApiRouteConfig = {\n type: 'api', name: 'B',\n method: `POST`, path: '/b' } as const",
            ("api", "B", "POST", "/b"),
        ),
        ("exports.config = { 'type': \"cron\", name: 'C' }", ("cron", "C", None, None)),
        ("module.exports = { config: { type: 'noop', name: 'D' } }", ("noop", "D", None, None)),
        ("export default { config: { type: 'event', name }, handler: async () => {} }", ("event", None, None, None)),
        ("export default async function () {}", (None, None, None, None)),
    ],
)
def test_what_a_step_says_of_itself(text: str, wanted: tuple[str | None, ...]) -> None:
    facts = script_checks.facts("steps/a.step.ts", text)
    assert (facts.kind, facts.name, facts.method, facts.path) == wanted


@given(st.text(alphabet="ab{}()[]`$'\"/\\*\n ,;:=>.!1", max_size=60))
def test_no_text_confuses_the_reader_so_much_that_it_fails(text: str) -> None:
    places = [token.at for token in Script(text).tokens]
    assert places == sorted(set(places))
    script_checks.check("a.ts", text)
    script_checks.facts("a.ts", API + text)
    script_checks.plugin_routes("a.ts", text)
