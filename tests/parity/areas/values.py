"""Values that JSON has no word for: one form for all languages, or a clear refusal that names the place.

Each is sent as an HTTP body and kept in the state; both must show the same.
"""

from __future__ import annotations

from typing import Any

from tests.parity.behaviour import Answer, Ask, Behaviour, Emit, Heard, Logged
from tests.parity.matching import Having, Like

WHEN = "2024-01-02T03:04:05.678Z"


def value(name: str, node: str, python: str, ruby: str, expected: Any, **more: Any) -> Behaviour:
    """`{"v": …}` as a body, and as it comes back from the state."""
    kept = more.pop("kept", expected)
    return Behaviour(
        name=name,
        node=f"const v = {node};\nreturn {{ status: 200, body: [v, await ctx.state.set('%ID%', 'k', {{ v }})] }};",
        python=f"v = {python}\nreturn {{'status': 200, 'body': [v, await context.state.set('%ID%', 'k', {{'v': v}})]}}",
        ruby=f"v = {ruby}\n{{ status: 200, body: [v, context.state.set('%ID%', 'k', {{ v: v }})] }}",
        expect=Answer(json=[expected, {"v": kept}]),
        **more,
    )


def refused(name: str, node: str, python: str, ruby: str, why: str, **more: Any) -> Behaviour:
    """The same value in a result and in a call: refused, and the place is named alike."""
    return Behaviour(
        name=name,
        ask=Ask(method="GET"),
        node=f"const v = {node};\nlet said = '';\ntry {{ await ctx.emit({{ topic: '%ID%.out', data: {{ items: [0, {{ v }}] }} }}); }} catch (error) {{ said = `${{error.code}} ${{error.message}}`; }}\n"
        "ctx.logger.warn(said);\nreturn { status: 200, body: { items: [0, { v }] } };",
        python=f"v = {python}\nsaid = ''\ntry:\n    await context.emit({{'topic': '%ID%.out', 'data': {{'items': [0, {{'v': v}}]}}}})\n"
        "except Exception as error:\n    said = f'{error.code} {error}'\ncontext.logger.warn(said)\nreturn {'status': 200, 'body': {'items': [0, {'v': v}]}}",
        ruby=f"v = {ruby}\nsaid = ''\nbegin\n  context.emit(topic: '%ID%.out', data: {{ items: [0, {{ v: v }}] }})\n"
        'rescue Motia::Error => error\n  said = "#{error.code} #{error.message}"\nend\ncontext.logger.warn(said)\n{ status: 200, body: { items: [0, { v: v }] } }',
        expect=(
            Answer(500, json=Having(message=Like(rf"result\.body\.items\[1\]\.v\S*: .*{why}"))),
            Logged({"level": "warn", "msg": Like(rf"^1012 emit\.data\.items\[1\]\.v\S*: .*{why}")}),
            Heard([]),
        ),
        **more,
    )


AS_JSON = dict.fromkeys(("ts", "js"), "JSON.stringify leaves them out, and projects rely on it")
REFUSES = "refuses what its own JSON library refuses"

# One row, one line or two: the formatter would make a column of each.
# fmt: off
BEHAVIOURS = [
    value("dates", "new Date('2024-01-02T03:04:05.678Z')",
          "__import__('datetime').datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=__import__('datetime').timezone.utc)",
          "Time.utc(2024, 1, 2, 3, 4, 5, 678_000)", WHEN, rows=(214, 309)),
    value("dates-of-another-zone", "new Date('2024-01-02T05:04:05.678+02:00')",
          "__import__('datetime').datetime.fromisoformat('2024-01-02T05:04:05.678+02:00')",
          "Time.new(2024, 1, 2, 5, 4, 5.678r, '+02:00')", WHEN),
    value("whole-seconds", "new Date('2024-01-02T03:04:05Z')", "__import__('datetime').datetime.fromisoformat('2024-01-02T03:04:05+00:00')",
          "Time.utc(2024, 1, 2, 3, 4, 5)", "2024-01-02T03:04:05.000Z"),
    value("dates-deep-inside", "{ list: [{ at: new Date('2024-01-02T03:04:05.678Z') }] }",
          "{'list': [{'at': __import__('datetime').datetime.fromisoformat('2024-01-02T03:04:05.678+00:00')}]}",
          "{ list: [{ at: Time.utc(2024, 1, 2, 3, 4, 5, 678_000) }] }", {"list": [{"at": WHEN}]}, rows=(214, 309)),
    value("bytes", "Buffer.from([0, 255])", "b'\\x00\\xff'", '"\\x00\\xff".b', "AP8="),
    value("bytes-deep-inside", "[{ raw: new Uint8Array([0, 255]) }]", "[{'raw': bytearray(b'\\x00\\xff')}]", '[{ raw: "\\x00\\xff".b }]', [{"raw": "AP8="}]),
    value("sets", "new Set([1, 2])", "{1, 2}", "Set[1, 2]", [1, 2], ruby_top="require 'set'"),
    value("maps", "new Map([['a', 1], [2, new Map()]])", "__import__('collections').OrderedDict([('a', 1), (2, __import__('types').MappingProxyType({}))])",
          "{ a: 1, 2 => {} }", {"a": 1, "2": {}}),
    value("tuples", "Object.freeze([1, [2]])", "(1, (2,))", "[1, [2].freeze].freeze", [1, [2]]),
    value("whole-decimals", "12n", "__import__('decimal').Decimal('12')", "BigDecimal('12')", 12, ruby_top="require 'bigdecimal'"),
    value("decimals-beyond-numbers", "2n ** 70n", "__import__('decimal').Decimal(2) ** 70", "BigDecimal(2) ** 70", str(2**70), ruby_top="require 'bigdecimal'"),
    value("not-a-number", "[NaN, Infinity, -Infinity]", "[float('nan'), float('inf'), float('-inf')]", "[Float::NAN, Float::INFINITY, -Float::INFINITY]", [None] * 3),
    value("large-and-small-numbers", "[9007199254740991, 1e300, -0.5, 1e-7]", "[9007199254740991, 1e300, -0.5, 1e-7]", "[9007199254740991, 1e300, -0.5, 1e-7]",
          [9007199254740991, 1e300, -0.5, 1e-7]),
    value("unicode", "'é 日 \\u{1F600} \\u2028 \\u0000'", "'é 日 \\U0001F600 \\u2028 \\x00'", '"é 日 \\u{1F600} \\u2028 \\u0000"', "é 日 \U0001f600 \u2028 \x00"),
    value("half-a-character", "'a\\ud800b'", "'a\\ud800b'", '"a\\xED\\xA0\\x80b"', "a\ufffdb"),
    value("absent-members", "{ a: undefined, b: null, c: [undefined] }", "{'b': None, 'c': [None]}", "{ b: nil, c: [nil] }", {"b": None, "c": [None]}),
    value("odd-keys", "{ '': 1, 'a.b': 2, __proto__x: 3, $bytes: 'x', $$file: { $bytes: 1 } }", "{'': 1, 'a.b': 2, '__proto__x': 3, '$bytes': 'x', '$$file': {'$bytes': 1}}",
          "{ '' => 1, 'a.b' => 2, '__proto__x' => 3, '$bytes' => 'x', '$$file' => { '$bytes' => 1 } }",
          {"": 1, "a.b": 2, "__proto__x": 3, "$bytes": "x", "$$file": {"$bytes": 1}}),
    value("uuids", "crypto.randomUUID()", "__import__('uuid').uuid4()", "SecureRandom.uuid", Like("^[0-9a-f]{8}-"), rows=(213, 263)),
    value("addresses", "new URL('https://a/b')", "__import__('pathlib').PurePosixPath('https:/a/b')", "URI('https://a/b')", Like("^https:/+a/b"), ruby_top="require 'uri'"),
    value("enums", "Color.Red", "Color.RED", "Color::RED", "red", node_top="const Color = Object.freeze({ Red: 'red' });",
          python_top="import enum\nclass Color(enum.Enum):\n    RED = 'red'", ruby_top="module Color\n  RED = :red\nend"),
    value("records", "new Point(1, { z: 2 })", "Point(1, {'z': 2})", "Point.new(1, { z: 2 })", {"x": 1, "y": {"z": 2}},
          node_top="class Point { constructor(x, y) { this.x = x; this.y = y; } get far() { return true; } }",
          ts="class Spot { constructor(public x: number, public y: object) {} }\nconst v = new Spot(1, { z: 2 });\n"
          "return { status: 200, body: [v, await ctx.state.set('%ID%', 'k', { v })] };",
          python_top="import dataclasses\n@dataclasses.dataclass\nclass Point:\n    x: int\n    y: dict", ruby_top="Point = Struct.new(:x, :y)"),
    value("named-tuples", "{ ...Object.assign(Object.create(null), { x: 1 }) }", "__import__('collections').namedtuple('P', 'x')(1)", "Struct.new(:x, keyword_init: true).new(x: 1)", {"x": 1}),
    value("objects-of-a-class", "new Order(7)", "Order(7)", "Order.new(7)", {"id": 7, "lines": [1]},
          node_top="class Order { #secret = 1; constructor(id) { this.id = id; this.lines = [1]; } total() { return 1; } }",
          ts="class Order { #secret = 1; lines = [1]; constructor(public id: number) {} total() { return 1; } }\nconst v = new Order(7);\n"
          "return { status: 200, body: [v, await ctx.state.set('%ID%', 'k', { v })] };",
          python_top="class Order:\n    def __init__(self, id):\n        self.id, self.lines, self._secret = id, [1], 1\n    def total(self):\n        return 1",
          ruby_top="class Order\n  def initialize(id)\n    @id = id\n    @lines = [1]\n    @_secret = 1\n  end\n  def total = 1\nend"),
    value("objects-with-a-form-of-their-own", "new Money(5)", "Money(5)", "Money.new(5)", {"amount": 5, "currency": "EUR"},
          node_top="class Money { constructor(n) { this.n = n; } toJSON() { return { amount: this.n, currency: 'EUR' }; } }",
          ts="class Money { constructor(private n: number) {} toJSON() { return { amount: this.n, currency: 'EUR' }; } }\nconst v = new Money(5);\n"
          "return { status: 200, body: [v, await ctx.state.set('%ID%', 'k', { v })] };",
          python_top="class Money:\n    def __init__(self, n):\n        self.n = n\n    def to_dict(self):\n        return {'amount': self.n, 'currency': 'EUR'}",
          ruby_top="class Money\n  def initialize(n) = @n = n\n  def to_h = { amount: @n, currency: 'EUR' }\nend"),
    value("errors", "Object.assign(new TypeError('bad', { cause: new Error('why') }), { code: 'E1' })", "made()", "made",
          Having(name="TypeError", message="bad", code="E1", cause=Having(message="why")),
          python_top="def made():\n    error = type('TypeError', (Exception,), {'code': 'E1'})('bad')\n    error.__cause__ = Exception('why')\n    return error",
          ruby_top="def made\n  begin\n    raise 'why'\n  rescue StandardError\n    raise(Class.new(TypeError) { def code = 'E1'; def self.name = 'TypeError' }, 'bad')\n  end\n"
          "rescue StandardError => error\n  error\nend"),
    value("the-same-twice-is-no-cycle", "((part) => [part, part, { part }])({ n: 1 })", "(lambda part: [part, part, {'part': part}])({'n': 1})",
          "{ n: 1 }.then { |part| [part, part, { part: part }] }", [{"n": 1}, {"n": 1}, {"part": {"n": 1}}]),
    refused("functions", "", "lambda: 1", "-> { 1 }", "function", without=AS_JSON),
    refused("classes", "", "type('Shape', (), {})", "Class.new", "(class|function)", without=AS_JSON),
    Behaviour(name="functions-are-no-data", ask=Ask(method="GET"), without={"py": REFUSES, "py-async": REFUSES, "rb": REFUSES},
              node="const all = { run: () => 1, mark: Symbol('s'), Shape: class {}, list: [() => 1, 2] };\nawait ctx.emit({ topic: '%ID%.out', data: all });\n"
              "return { status: 200, body: [all, await ctx.state.set('%ID%', 'k', all)] };",
              expect=(Answer(json=[{"list": [None, 2]}, {"list": [None, 2]}]), Heard([{"list": [None, 2]}]))),
    refused("cycles", "(() => { const own = { n: 1 }; own.self = own; return own; })()", "own()", "{ n: 1 }.tap { |own| own[:self] = own }", "contains itself",
            ts="const v: any = { n: 1 };\nv.self = v;\nlet said = '';\ntry { await ctx.emit({ topic: '%ID%.out', data: { items: [0, { v }] } }); } catch (error: any) { said = `${error.code} ${error.message}`; }\n"
            "ctx.logger.warn(said);\nreturn { status: 200, body: { items: [0, { v }] } };",
            python_top="def own():\n    made = {'n': 1}\n    made['self'] = made\n    return made"),
    refused("too-deep", "Array.from({ length: 150 }).reduce((inner) => [inner], 1)", "__import__('functools').reduce(lambda inner, _: [inner], range(150), 1)",
            "150.times.reduce(1) { |inner, _| [inner] }", "nested deeper than"),
    refused("something-under-way", "ctx.state.get('a', 'b')", "context.state.get('a', 'b')", "Thread.new {}", "",
            python_sync="import threading\nv = threading.Lock()\nsaid = ''\ntry:\n    context.emit({'topic': '%ID%.out', 'data': {'items': [0, {'v': v}]}})\n"
            "except Exception as error:\n    said = f'{error.code} {error}'\ncontext.logger.warn(said)\nreturn {'status': 200, 'body': {'items': [0, {'v': v}]}}"),
    Behaviour(
        name="models",
        expect=Answer(json=[{"n": 1, "at": WHEN, "tags": ["a"]}, {"n": 1, "at": WHEN, "tags": ["a"]}]),
        # A schema's parsed value is a value like any other.
        node_top="const { z } = require('zod');\nconst Model = z.object({ n: z.number(), at: z.coerce.date(), tags: z.set(z.string()) });",
        node="const v = Model.parse({ n: 1, at: '2024-01-02T03:04:05.678Z', tags: new Set(['a']) });\n"
        "return { status: 200, body: [v, await ctx.state.set('%ID%', 'k', v)] };",
        python_top="from datetime import datetime\nfrom pydantic import BaseModel\nclass Model(BaseModel):\n    n: int\n    at: datetime\n    tags: set[str]",
        python="v = Model(n=1, at='2024-01-02T03:04:05.678Z', tags={'a'})\nreturn {'status': 200, 'body': [v, await context.state.set('%ID%', 'k', v)]}",
        ruby_top="require 'set'\nModel = Struct.new(:n, :at, :tags, keyword_init: true)",
        ruby="v = Model.new(n: 1, at: Time.utc(2024, 1, 2, 3, 4, 5, 678_000), tags: Set['a'])\n{ status: 200, body: [v, context.state.set('%ID%', 'k', v)] }",
        rows=(309, 310),
    ),
    Behaviour(
        name="bytes-stay-bytes",
        expect=Answer(json=[True, 2]),
        node="await ctx.state.set('%ID%', 'k', { raw: Buffer.from([0, 255]) });\nconst { raw } = await ctx.state.get('%ID%', 'k');\n"
        "return { status: 200, body: [Buffer.isBuffer(raw), raw.length] };",
        python="await context.state.set('%ID%', 'k', {'raw': b'\\x00\\xff'})\nraw = (await context.state.get('%ID%', 'k'))['raw']\n"
        "return {'status': 200, 'body': [isinstance(raw, bytes), len(raw)]}",
        ruby="context.state.set('%ID%', 'k', { raw: \"\\x00\\xff\".b })\nraw = context.state.get('%ID%', 'k').raw\n"
        "{ status: 200, body: [raw.encoding == Encoding::BINARY, raw.size] }",
    ),
    Behaviour(
        name="large-bytes-stay-bytes",
        expect=(Answer(json=[600000]), Heard([600000])),
        node="const raw = Buffer.alloc(600000, 255);\nconst kept = await ctx.state.set('%ID%', 'k', raw);\n"
        "await ctx.emit({ topic: '%ID%.out', data: kept.length });\nreturn { status: 200, body: [kept.length] };",
        python="kept = await context.state.set('%ID%', 'k', b'\\xff' * 600000)\nawait context.emit({'topic': '%ID%.out', 'data': len(kept)})\n"
        "return {'status': 200, 'body': [len(kept)]}",
        ruby="kept = context.state.set('%ID%', 'k', \"\\xff\".b * 600_000)\ncontext.emit(topic: '%ID%.out', data: kept.size)\n{ status: 200, body: [kept.size] }",
    ),
    Behaviour(
        name="messages-of-the-language-are-text",
        expect=Answer(json=[Like("zero|divided|range|BigInt")]),
        node="try { 1n / 0n; } catch (error) { return { status: 200, body: [error.message] }; }",
        ts="try { BigInt(1) / BigInt(0); } catch (error: any) { return { status: 200, body: [error.message] }; }",
        python="try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    return {'status': 200, 'body': [str(error)]}",
        ruby="begin\n  1 / 0\nrescue ZeroDivisionError => error\n  { status: 200, body: [error.message] }\nend",
    ),
    Behaviour(
        name="a-number-from-elsewhere",
        kind="event",
        ask=Emit({"big": 9007199254740991, "float": 1.5, "neg": -3}),
        expect=Heard([{"big": 9007199254740991, "float": 1.5, "neg": -3}]),
        node="await ctx.emit({ topic: '%ID%.out', data: input });",
        python="await context.emit({'topic': '%ID%.out', 'data': input})",
        ruby="context.emit(topic: '%ID%.out', data: input)",
    ),
]
# fmt: on
