"""How a handler fails, what the client and the log are told, and that nothing but the invocation ends."""

from __future__ import annotations

from typing import Any

from tests.parity.behaviour import Answer, Ask, Behaviour, Emit, Logged
from tests.parity.matching import Having, Like


def failed(**error: Any) -> tuple[Any, ...]:
    """A 500 that names the error (this is `dev`, and the client is this machine)."""
    return (Answer(500, json=Having(error="Internal server error", traceId=Like("-"), **error)),)


BEHAVIOURS = [
    Behaviour(
        name="raised",
        expect=(
            *failed(message="the message", stack=Like(r"raised(\.step|_\w*step)\.\w+[\s\S]*")),
            Logged({"level": "error", "msg": Like("the message")}),
        ),
        node="throw new Error('the message');",
        python="raise Exception('the message')",
        ruby="raise 'the message'",
    ),
    Behaviour(
        name="the-line-is-named",
        expect=failed(stack=Like(r"the_line_is_named[\w.]*(:7:|\", line 7)")),
        # The seventh line of each file, whatever the file was turned into.
        whole={
            "ts": "// 1\ninterface Unused { a: string }\ntype Other = Unused;\nexport const config = %CONFIG%;\n\n"
            "export const handler = async (): Promise<void> => {\n  throw new Error('here');\n};\n",
            "js": "// 1\n// 2\n// 3\nexports.config = %CONFIG%;\n\nexports.handler = async () => {\n  throw new Error('here');\n};\n",
            "py": "# 1\n# 2\n# 3\nconfig = %CONFIG%\n\ndef handler(req, context):\n    raise Exception('here')\n",
            "py-async": "# 1\n# 2\n# 3\nconfig = %CONFIG%\n\nasync def handler(req, context):\n    raise Exception('here')\n",
            "rb": "# 1\n# 2\ndef config = %CONFIG%\n\n# 5\ndef handler(req, context)\n  raise 'here'\nend\n",
        },
    ),
    Behaviour(
        name="stacks-show-authors-code-only",
        expect=failed(stack=Like(r"^(?![\s\S]*(motia_runner|node:|<internal|asyncio))")),
        node="await ctx.state.get('a', 'b');\nthrow new Error('mine');",
        python="await context.state.get('a', 'b')\nraise Exception('mine')",
        ruby="context.state.get('a', 'b')\nraise 'mine'",
    ),
    Behaviour(
        name="a-class-with-a-code-and-a-cause",
        expect=failed(name="PaymentError", message="declined", stack=Like("inner")),
        node_top="class PaymentError extends Error {\n  constructor(message, options) { super(message, options); this.name = 'PaymentError'; this.code = 'E_PAY'; }\n}",
        ts="class PaymentError extends Error {\n  code = 'E_PAY';\n  override name = 'PaymentError';\n}\n"
        "try { throw new TypeError('inner'); } catch (error) { throw new PaymentError('declined', { cause: error }); }",
        node="try { throw new TypeError('inner'); } catch (error) { throw new PaymentError('declined', { cause: error }); }",
        python_top="class PaymentError(Exception):\n    code = 'E_PAY'",
        python="try:\n    raise TypeError('inner')\nexcept TypeError as error:\n    raise PaymentError('declined') from error",
        ruby_top="class PaymentError < StandardError\n  def code = 'E_PAY'\nend",
        ruby="begin\n  raise TypeError, 'inner'\nrescue TypeError\n  raise PaymentError, 'declined'\nend",
    ),
    Behaviour(
        name="something-that-is-no-error",
        expect=failed(message=Like("just text")),
        node="throw 'just text';",
        python="raise SystemError('just text')",
        ruby="throw :'just text'",
    ),
    Behaviour(
        name="an-object-is-thrown",
        expect=failed(message=Like("7")),
        node="throw { reason: 7 };",
        python="class Odd(BaseException):\n    pass\nraise Odd({'reason': 7})",
        ruby="raise Class.new(Exception), { reason: 7 }.to_s",
    ),
    Behaviour(
        name="an-empty-error",
        expect=failed(message=Like(r"\w")),
        node="throw undefined;",
        python="raise RuntimeError",
        ruby="raise RuntimeError",
    ),
    Behaviour(
        name="an-error-that-cannot-be-shown",
        expect=failed(),
        node="throw Object.create(Error.prototype, { message: { get() { throw new Error('worse'); } } });",
        python="class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError('worse')\nraise Odd()",
        ruby="raise(Class.new(StandardError) { def message = raise('worse') })",
    ),
    Behaviour(
        name="status-of-an-error-is-not-used",
        expect=(Answer(500),),
        node="throw Object.assign(new Error('no'), { status: 404, code: 404 });",
        python="error = Exception('no')\nerror.status, error.code = 404, 404\nraise error",
        ruby="raise(Class.new(StandardError) { def status = 404 }, 'no')",
    ),
    Behaviour(
        name="exit",
        expect=failed(name="Exit", message=Like("exit")),
        node="process.exit(3);",
        python="import sys\nsys.exit(3)",
        ruby="exit 3",
    ),
    Behaviour(
        name="exit-spares-the-others",
        ask=Ask(method="GET"),
        expect=Answer(json=["still here"]),
        # It calls itself: that one exits while this one waits, in the same worker or another.
        node="if (req.queryParams.exit) process.exit();\nconst other = await fetch(`http://${req.headers.host}${req.path}?exit=1`);\n"
        "if (other.status !== 500) throw new Error('it did not exit');\nreturn { status: 200, body: ['still here'] };",
        python_top="import asyncio, sys\nfrom urllib.error import HTTPError\nfrom urllib.request import urlopen",
        python="if req.query.get('exit'):\n    sys.exit()\ntry:\n    await asyncio.to_thread(urlopen, f\"http://{req.headers['host']}{req.path}?exit=1\")\n"
        "except HTTPError as error:\n    error.close()\n    return {'status': 200, 'body': ['still here']}",
        python_sync="if req.query.get('exit'):\n    sys.exit()\ntry:\n    urlopen(f\"http://{req.headers['host']}{req.path}?exit=1\")\n"
        "except HTTPError as error:\n    error.close()\n    return {'status': 200, 'body': ['still here']}",
        ruby_top="require 'net/http'",
        ruby='exit if req.query.exit\nother = Net::HTTP.get_response(URI("http://#{req.headers.host}#{req.path}?exit=1"))\n'
        "raise 'it did not exit' unless other.code == '500'\n{ status: 200, body: ['still here'] }",
    ),
    Behaviour(
        name="caught-and-mapped-by-the-handler",
        rows=(212, 264, 304),
        expect=(
            Answer(503, json={"error": "no luck"}),
            Logged({"level": "error", "msg": "it failed", "error": "no luck"}),
        ),
        node="try { throw new Error('no luck'); } catch (error) {\n  ctx.logger.error('it failed', { error: error.message });\n"
        "  return { status: 503, body: { error: error.message } };\n}",
        ts="try { throw new Error('no luck'); } catch (error: any) {\n  ctx.logger.error('it failed', { error: error.message });\n"
        "  return { status: 503, body: { error: error.message } };\n}",
        python="try:\n    raise Exception('no luck')\nexcept Exception as error:\n    context.logger.error('it failed', {'error': str(error)})\n"
        "    return {'status': 503, 'body': {'error': str(error)}}",
        ruby="begin\n  raise 'no luck'\nrescue => error\n  context.logger.error('it failed', error: error.message)\n"
        "  { status: 503, body: { error: error.message } }\nend",
    ),
    Behaviour(
        name="an-event-that-fails-is-logged",
        kind="event",
        ask=Emit({}),
        expect=Logged({"level": "error", "msg": Like("broke")}),
        node="throw new Error('broke');",
        python="raise Exception('broke')",
        ruby="raise 'broke'",
    ),
    Behaviour(
        name="an-error-of-a-call-has-a-code",
        expect=Answer(json=[1015, True]),
        node="try { await ctx.streams.nowhere.get('g', 'i'); } catch (error) { return { status: 200, body: [error.code, error instanceof Error] }; }",
        python="from motia import MotiaError\ntry:\n    await context.streams.nowhere.get('g', 'i')\nexcept MotiaError as error:\n"
        "    return {'status': 200, 'body': [error.code, isinstance(error, Exception)]}",
        ruby="begin\n  context.streams.nowhere.get('g', 'i')\nrescue Motia::UnknownTarget => error\n"
        "  { status: 200, body: [error.code, error.is_a?(StandardError)] }\nend",
    ),
    Behaviour(
        name="a-failed-call-nobody-awaited",
        expect=(Answer(json=["fine"]), Logged({"level": "error", "msg": Like("nowhere")})),
        node="ctx.streams.nowhere.set('g', 'i', {});\nreturn { status: 200, body: ['fine'] };",
        python="context.streams.nowhere.set('g', 'i', {})\nreturn {'status': 200, 'body': ['fine']}",
        # A moment for the thread: when it has not begun by the end of the run there is nothing to tell of.
        python_sync="import threading, time\nthreading.Thread(target=context.streams.nowhere.set, args=('g', 'i', {})).start()\n"
        "time.sleep(0.05)\nreturn {'status': 200, 'body': ['fine']}",
        ruby="Thread.new { context.streams.nowhere.set('g', 'i', {}) }\nsleep 0.05\n{ status: 200, body: ['fine'] }",
    ),
]
