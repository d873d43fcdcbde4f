"""The logger, and what is printed."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Behaviour, Logged
from tests.parity.matching import Having, Kind, Like

OK = Answer(json=["ok"])


def lines(name: str, node: str, python: str, ruby: str, *expected: Logged, **more: object) -> Behaviour:
    """A handler that only says something."""
    return Behaviour(
        name=name,
        node=f"{node}\nreturn {{ status: 200, body: ['ok'] }};",
        python=f"{python}\nreturn {{'status': 200, 'body': ['ok']}}",
        ruby=f"{ruby}\n{{ status: 200, body: ['ok'] }}",
        expect=(OK, *expected),
        **more,  # type: ignore[arg-type]
    )


BEHAVIOURS = [
    lines(
        "levels",
        "const { logger } = ctx;\nlogger.debug('d'); logger.info('i'); logger.warn('w'); logger.error('e');",
        "logger = context.logger\nlogger.debug('d')\nlogger.info('i')\nlogger.warn('w')\nlogger.error('e')",
        "logger = context.logger\nlogger.debug('d')\nlogger.info('i')\nlogger.warn('w')\nlogger.error('e')",
        *(
            Logged({"level": level, "msg": level[0], "traceId": Kind(str), "time": Kind(int)})
            for level in ("debug", "info", "warn", "error")
        ),
        rows=(224, 243),
    ),
    lines(
        "fields",
        "ctx.logger.info('placed', { orderId: 7, items: [{ sku: 'é' }], at: new Date('2024-01-02T03:04:05Z') });",
        "import datetime\nat = datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)\n"
        "context.logger.info('placed', {'orderId': 7, 'items': [{'sku': 'é'}], 'at': at})",
        "context.logger.info('placed', { orderId: 7, items: [{ sku: 'é' }], at: Time.utc(2024, 1, 2, 3, 4, 5) })",
        Logged({"msg": "placed", "orderId": 7, "items": [{"sku": "é"}], "at": "2024-01-02T03:04:05.000Z"}),
        rows=(224, 246, 261),
    ),
    lines(
        "fields-that-are-no-object",
        "ctx.logger.info('a number', 7);\nctx.logger.info('a list', [1, 'x']);\nctx.logger.info('nothing', null);",
        "context.logger.info('a number', 7)\ncontext.logger.info('a list', [1, 'x'])\ncontext.logger.info('nothing', None)",
        "context.logger.info('a number', 7)\ncontext.logger.info('a list', [1, 'x'])\ncontext.logger.info('nothing', nil)",
        Logged({"msg": "a number", "data": 7}),
        Logged({"msg": "a list", "data": [1, "x"]}),
        Logged({"msg": "nothing"}),
    ),
    lines(
        "errors-are-expanded",
        "const error = Object.assign(new TypeError('bad', { cause: new Error('why') }), { code: 'E1' });\n"
        "ctx.logger.error('in a field', { error });\nctx.logger.error('alone', error);\nctx.logger.error('deep', { job: { failures: [error] } });",
        "class TypeErr(Exception):\n    code = 'E1'\nTypeErr.__name__ = 'TypeError'\ntry:\n    raise TypeErr('bad') from Exception('why')\n"
        "except Exception as error:\n    context.logger.error('in a field', {'error': error})\n    context.logger.error('alone', error)\n"
        "    context.logger.error('deep', {'job': {'failures': [error]}})",
        "begin\n  begin\n    raise 'why'\n  rescue StandardError\n    raise(Class.new(TypeError) { def code = 'E1'; def self.name = 'TypeError' }, 'bad')\n  end\n"
        "rescue StandardError => error\n  context.logger.error('in a field', error: error)\n  context.logger.error('alone', error)\n"
        "  context.logger.error('deep', job: { failures: [error] })\nend",
        *(
            Logged({"level": "error", "msg": msg, **where})
            for error in [
                Having(name="TypeError", message="bad", stack=Like("bad"), code="E1", cause=Having(message="why"))
            ]
            for msg, where in (
                ("in a field", {"error": error}),
                ("alone", {"error": error}),
                ("deep", {"job": {"failures": [error]}}),
            )
        ),
    ),
    lines(
        "an-error-as-the-message",
        "ctx.logger.error(new RangeError('too far'));",
        "try:\n    raise IndexError('too far')\nexcept IndexError as error:\n    context.logger.error(error)",
        "context.logger.error(RangeError.new('too far'))",
        Logged({"level": "error", "msg": "too far", "error": Having(message="too far", name=Kind(str))}),
    ),
    lines(
        "what-cannot-be-sent-is-shown",
        "const self = { n: 1 };\nself.self = self;\nctx.logger.info('odd', { f: () => 1, self, big: 2n ** 70n, nan: NaN });",
        "own = {'n': 1}\nown['self'] = own\ncontext.logger.info('odd', {'f': lambda: 1, 'self': own, 'big': 2**70, 'nan': float('nan')})",
        "own = { n: 1 }\nown[:self] = own\ncontext.logger.info('odd', f: -> {}, self: own, big: 2**70, nan: Float::NAN)",
        Logged({"msg": "odd", "f": Kind(str), "nan": None}),
        ts="const self: any = { n: 1 };\nself.self = self;\nctx.logger.info('odd', { f: () => 1, self, big: 2n ** 70n, nan: NaN });\n"
        "return { status: 200, body: ['ok'] };",
    ),
    lines(
        "fields-cannot-pose-as-the-line",
        "ctx.logger.info('true words', { level: 'error', msg: 'false', traceId: 'false', step: 'false', mine: 1 });",
        "context.logger.info('true words', {'level': 'error', 'msg': 'false', 'traceId': 'false', 'step': 'false', 'mine': 1})",
        "context.logger.info('true words', level: 'error', msg: 'false', traceId: 'false', step: 'false', mine: 1)",
        Logged({"level": "info", "msg": "true words", "traceId": Like("-"), "mine": 1}),
    ),
    lines(
        "printed",
        "console.log('printed é');\nconsole.log('two', 'words', { a: 1 });\nprocess.stdout.write('no end');",
        "import sys\nprint('printed é')\nprint('two', 'words', \"{ a: 1 }\")\nsys.stdout.write('no end')",
        "puts 'printed é'\nputs \"two words { a: 1 }\"\nprint 'no end'",
        Logged({"level": "info", "msg": "printed é", "traceId": Kind(str)}, times=1),
        Logged({"level": "info", "msg": "two words { a: 1 }"}),
        Logged({"level": "info", "msg": "no end"}),
    ),
    lines(
        "printed-as-errors",
        "console.error('wrong');\nprocess.stderr.write('raw\\n');\nconsole.warn('careful');",
        "import sys, warnings\nprint('wrong', file=sys.stderr)\nsys.stderr.write('raw\\n')\nwarnings.warn('careful')",
        "$stderr.puts 'wrong'\nSTDERR.write(\"raw\\n\")\nwarn 'careful'",
        Logged({"level": "error", "msg": "wrong"}),
        Logged({"level": "error", "msg": "raw"}),
        Logged({"level": "warn", "msg": Like("careful")}),
    ),
    lines(
        "printed-without-the-language",
        "require('node:child_process').execSync('echo from a child', { stdio: 'inherit' });",
        "import os, subprocess\nos.write(1, b'from the descriptor\\n')\nsubprocess.run(['echo', 'from a child'])",
        "system('echo from a child')\n$stdout.flush",
    ),
    lines(
        "a-listener",
        "const heard = [];\nctx.logger.addListener((level, message, args) => heard.push([level, message, args.n]));\n"
        "ctx.logger.warn('listen', { n: 1 });\nif (JSON.stringify(heard) !== '[[\"warn\",\"listen\",1]]') throw new Error(JSON.stringify(heard));",
        "heard = []\ncontext.logger.add_listener(lambda level, message, args: heard.append([level, message, args['n']]))\n"
        "context.logger.warn('listen', {'n': 1})\nassert heard == [['warn', 'listen', 1]], heard",
        "heard = []\ncontext.logger.add_listener { |level, message, args| heard << [level, message, args['n']] }\n"
        "context.logger.warn('listen', n: 1)\nraise heard.inspect unless heard == [['warn', 'listen', 1]]",
        Logged({"level": "warn", "msg": "listen"}, times=1),
        ts="const heard: unknown[] = [];\nctx.logger.addListener((level, message, args) => heard.push([level, message, args.n]));\n"
        "ctx.logger.warn('listen', { n: 1 });\nif (heard.length !== 1) throw new Error(JSON.stringify(heard));\nreturn { status: 200, body: ['ok'] };",
    ),
]
