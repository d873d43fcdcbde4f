"""Stream items as handlers keep them."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Behaviour


def mark(id: str) -> dict[str, object]:
    """What tells the workbench which item a response shows."""
    return {"type": "state-stream", "streamName": "notes", "groupId": "%ID%", "id": id}


BEHAVIOURS = [
    Behaviour(
        name="set-get-delete",
        rows=(266,),
        expect=Answer(
            json=[
                {"text": "one", "__motia": mark("1")},
                {"text": "one", "__motia": mark("1")},
                [{"text": "one", "__motia": mark("1")}, {"text": "two", "__motia": mark("2")}],
                {"text": "one", "__motia": mark("1")},
                None,
            ]
        ),
        node="const { notes } = ctx.streams;\nconst set = await notes.set('%ID%', '1', { text: 'one' });\nawait ctx.streams['notes'].set('%ID%', '2', { text: 'two' });\n"
        "return { status: 200, body: [set, await notes.get('%ID%', '1'), await notes.getGroup('%ID%'), await notes.delete('%ID%', '1'), await notes.get('%ID%', '1')] };",
        python="notes = context.streams.notes\nset = await notes.set('%ID%', '1', {'text': 'one'})\nawait context.streams['notes'].set('%ID%', '2', {'text': 'two'})\n"
        "return {'status': 200, 'body': [set, await notes.get('%ID%', '1'), await notes.get_group('%ID%'), await notes.delete('%ID%', '1'), await notes.get('%ID%', '1')]}",
        ruby="notes = context.streams.notes\nset = notes.set('%ID%', '1', { text: 'one' })\ncontext[:streams]['notes'].set('%ID%', '2', { text: 'two' })\n"
        "{ status: 200, body: [set, notes.get('%ID%', '1'), notes.get_group('%ID%'), notes.delete('%ID%', '1'), notes.get('%ID%', '1')] }",
    ),
    Behaviour(
        name="the-mark-is-not-stored",
        expect=Answer(json={"item": {"text": "one"}}),
        node="const item = await ctx.streams.notes.set('%ID%', '1', { text: 'one' });\nawait ctx.state.set('%ID%', 'kept', { item });\n"
        "return { status: 200, body: await ctx.state.get('%ID%', 'kept') };",
        python="item = await context.streams.notes.set('%ID%', '1', {'text': 'one'})\nawait context.state.set('%ID%', 'kept', {'item': item})\n"
        "return {'status': 200, 'body': await context.state.get('%ID%', 'kept')}",
        ruby="item = context.streams.notes.set('%ID%', '1', { text: 'one' })\ncontext.state.set('%ID%', 'kept', { item: item })\n"
        "{ status: 200, body: context.state.get('%ID%', 'kept') }",
    ),
    Behaviour(
        name="update",
        expect=Answer(json=["one", 2, None]),
        node="const { notes } = ctx.streams;\nawait notes.set('%ID%', '1', { text: 'one' });\n"
        "const { text, n } = await notes.update('%ID%', '1', [{ op: 'increment', path: 'n', value: 2 }]);\n"
        "return { status: 200, body: [text, n, await notes.get('%ID%', 'none')] };",
        python="notes = context.streams.notes\nawait notes.set('%ID%', '1', {'text': 'one'})\n"
        "new = await notes.update('%ID%', '1', [{'op': 'increment', 'path': 'n', 'value': 2}])\n"
        "return {'status': 200, 'body': [new['text'], new['n'], await notes.get('%ID%', 'none')]}",
        ruby="notes = context.streams.notes\nnotes.set('%ID%', '1', { text: 'one' })\n"
        "new = notes.update('%ID%', '1', [{ op: 'increment', path: 'n', value: 2 }])\n{ status: 200, body: [new.text, new.n, notes.get('%ID%', 'none')] }",
    ),
    Behaviour(
        name="send-and-ttl",
        expect=Answer(json=[True, None]),
        node="const { notes } = ctx.streams;\nconst sent = await notes.send({ groupId: '%ID%', id: '1' }, { type: 'ping', data: { n: 1 } });\n"
        "await notes.set('%ID%', '1', { text: 'soon' }, { ttl: 0.01 });\nawait new Promise((done) => setTimeout(done, 20));\n"
        "return { status: 200, body: [sent === undefined, await notes.get('%ID%', '1')] };",
        python="import asyncio\nnotes = context.streams.notes\nsent = await notes.send({'groupId': '%ID%', 'id': '1'}, {'type': 'ping', 'data': {'n': 1}})\n"
        "await notes.set('%ID%', '1', {'text': 'soon'}, ttl=0.01)\nawait asyncio.sleep(0.02)\n"
        "return {'status': 200, 'body': [sent is None, await notes.get('%ID%', '1')]}",
        python_sync="import time\nnotes = context.streams.notes\nsent = notes.send({'groupId': '%ID%', 'id': '1'}, {'type': 'ping', 'data': {'n': 1}})\n"
        "notes.set('%ID%', '1', {'text': 'soon'}, ttl=0.01)\ntime.sleep(0.02)\n"
        "return {'status': 200, 'body': [sent is None, notes.get('%ID%', '1')]}",
        ruby="notes = context.streams.notes\nsent = notes.send({ groupId: '%ID%', id: '1' }, { type: 'ping', data: { n: 1 } })\n"
        "notes.set('%ID%', '1', { text: 'soon' }, ttl: 0.01)\nsleep 0.02\n{ status: 200, body: [sent.nil?, notes.get('%ID%', '1')] }",
    ),
    Behaviour(
        name="unknown-stream",
        expect=Answer(json=[1015, True]),
        node="try { await ctx.streams.nowhere.get('g', 'i'); } catch (error) { return { status: 200, body: [error.code, /nowhere.*notes/.test(error.message)] }; }",
        python="from motia import MotiaError\ntry:\n    await context.streams.nowhere.get('g', 'i')\nexcept MotiaError as error:\n"
        "    return {'status': 200, 'body': [error.code, 'nowhere' in str(error) and 'notes' in str(error)]}",
        ruby="begin\n  context.streams.nowhere.get('g', 'i')\nrescue Motia::UnknownTarget => error\n"
        "  { status: 200, body: [error.code, error.message.match?(/nowhere.*notes/)] }\nend",
        rows=(266,),
    ),
]
