"""Stream items as handlers keep them."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Behaviour, Logged, Seen


def mark(id: str) -> dict[str, object]:
    """What tells the workbench which item a response shows."""
    return {"type": "state-stream", "streamName": "notes", "groupId": "%ID%", "id": id}


BEHAVIOURS = [
    Behaviour(
        name="set-get-delete",
        rows=(266,),
        expect=Answer(
            json=[
                {"id": "1", "text": "one", "__motia": mark("1")},
                {"id": "1", "text": "one", "__motia": mark("1")},
                [{"id": "1", "text": "one", "__motia": mark("1")}, {"id": "2", "text": "two", "__motia": mark("2")}],
                {"id": "1", "text": "one", "__motia": mark("1")},
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
        expect=Answer(json={"item": {"id": "1", "text": "one"}}),
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
    Behaviour(
        name="an-item-set-again-keeps-no-mark",
        expect=Answer(json={"text": "one", "inner": {"id": "1", "text": "one"}, "id": "2", "__motia": mark("2")}),
        node="const { notes } = ctx.streams;\nconst item = await notes.set('%ID%', '1', { text: 'one' });\n"
        "await notes.set('%ID%', '2', { ...item, inner: item });\nreturn { status: 200, body: await notes.get('%ID%', '2') };",
        python="notes = context.streams.notes\nitem = await notes.set('%ID%', '1', {'text': 'one'})\n"
        "await notes.set('%ID%', '2', {**item, 'inner': item})\nreturn {'status': 200, 'body': await notes.get('%ID%', '2')}",
        ruby="notes = context.streams.notes\nitem = notes.set('%ID%', '1', { text: 'one' })\n"
        "notes.set('%ID%', '2', { **item.to_h.transform_keys(&:to_sym), inner: item })\n{ status: 200, body: notes.get('%ID%', '2') }",
    ),
    Behaviour(
        name="pages-and-queries",
        expect=Answer(json=[["c", "a", "b"], ["a"], ["b", "c"], ["c"], ["a", "c"]]),
        node="const { notes } = ctx.streams;\nconst ids = (items) => items.map((item) => item.id);\n"
        "for (const [id, n] of [['c', 1], ['a', 3], ['b', 2]]) await notes.set('%ID%', id, { n, odd: n % 2 === 1, in: { n } });\n"
        "return { status: 200, body: [\n  ids(await notes.getGroup('%ID%')), ids(await notes.getGroup('%ID%', { offset: 1, limit: 1 })),\n"
        "  ids(await notes.query('%ID%', { orderBy: 'n', orderDirection: 'desc', offset: 1 })),\n"
        "  ids(await notes.query('%ID%', { where: { 'in.n': 1 } })),\n"
        "  ids(await notes.query('%ID%', { where: { odd: true }, orderBy: 'in.n', orderDirection: 'desc', limit: 2 })),\n] };",
        python="notes = context.streams.notes\nids = lambda items: [item['id'] for item in items]\n"
        "for id, n in [('c', 1), ('a', 3), ('b', 2)]:\n    await notes.set('%ID%', id, {'n': n, 'odd': n % 2 == 1, 'in': {'n': n}})\n"
        "return {'status': 200, 'body': [\n  ids(await notes.get_group('%ID%')), ids(await notes.get_group('%ID%', offset=1, limit=1)),\n"
        "  ids(await notes.query('%ID%', {'orderBy': 'n', 'orderDirection': 'desc', 'offset': 1})),\n"
        "  ids(await notes.query('%ID%', where={'in.n': 1})),\n"
        "  ids(await notes.query('%ID%', where={'odd': True}, order_by='in.n', order_direction='desc', limit=2)),\n]}",
        ruby="notes = context.streams.notes\nids = ->(items) { items.map { |item| item[:id] } }\n"
        "[['c', 1], ['a', 3], ['b', 2]].each { |id, n| notes.set('%ID%', id, { n: n, odd: n.odd?, in: { n: n } }) }\n"
        "{ status: 200, body: [\n  ids.(notes.get_group('%ID%')), ids.(notes.get_group('%ID%', offset: 1, limit: 1)),\n"
        "  ids.(notes.query('%ID%', { 'orderBy' => 'n', 'orderDirection' => 'desc', 'offset' => 1 })),\n"
        "  ids.(notes.query('%ID%', where: { 'in.n': 1 })),\n"
        "  ids.(notes.query('%ID%', where: { odd: true }, order_by: 'in.n', order_direction: :desc, limit: 2)),\n] }",
    ),
    Behaviour(
        name="an-item-is-an-object",
        expect=Answer(json=[-32602, True, None, {"id": "1", "text": "one"}]),
        node="const { notes } = ctx.streams;\nawait notes.set('%ID%', '1', { text: 'one' });\n"
        "try { await notes.set('%ID%', '1', ['no']); } catch (error) {\n  const nothing = await notes.set('%ID%', '1', null);\n"
        "  const { id, text } = await notes.get('%ID%', '1');\n"
        "  return { status: 200, body: [error.code, /an item is an object, not a list/.test(error.message), nothing, { id, text }] };\n}",
        python="from motia import MotiaError\nnotes = context.streams.notes\nawait notes.set('%ID%', '1', {'text': 'one'})\n"
        "try:\n    await notes.set('%ID%', '1', ['no'])\nexcept MotiaError as error:\n"
        "    code, told = error.code, 'an item is an object, not a list' in str(error)\n"
        "nothing, kept = await notes.set('%ID%', '1', None), await notes.get('%ID%', '1')\n"
        "return {'status': 200, 'body': [code, told, nothing, {'id': kept['id'], 'text': kept['text']}]}",
        python_sync="from motia import MotiaError\nnotes = context.streams.notes\nnotes.set('%ID%', '1', {'text': 'one'})\n"
        "try:\n    notes.set('%ID%', '1', ['no'])\nexcept MotiaError as error:\n"
        "    code, told = error.code, 'an item is an object, not a list' in str(error)\n"
        "nothing, kept = notes.set('%ID%', '1', None), notes.get('%ID%', '1')\n"
        "return {'status': 200, 'body': [code, told, nothing, {'id': kept['id'], 'text': kept['text']}]}",
        ruby="notes = context.streams.notes\nnotes.set('%ID%', '1', { text: 'one' })\nbegin\n  notes.set('%ID%', '1', ['no'])\n"
        "rescue Motia::Error => error\n  nothing = notes.set('%ID%', '1', nil)\n  kept = notes.get('%ID%', '1')\n"
        "  { status: 200, body: [error.code, error.message.include?('an item is an object, not a list'), nothing, { id: kept.id, text: kept.text }] }\nend",
    ),
    Behaviour(
        name="a-transaction-on-a-stream",
        expect=Answer(json=[["1", "2"], {"id": "2", "n": 5}, "1", ["2", "3"], True]),
        node="const { notes } = ctx.streams;\nawait notes.set('%ID%', '1', { n: 1 });\n"
        "const seen = await ctx.transaction(async () => {\n  await notes.set('%ID%', '2', { n: 4 });\n"
        "  await notes.update('%ID%', '2', [{ op: 'increment', path: 'n' }]);\n"
        "  const ids = (await notes.query('%ID%', { orderBy: 'n' })).map((item) => item.id);\n  const { id, n } = await notes.get('%ID%', '2');\n"
        "  const gone = await notes.delete('%ID%', '1');\n  await notes.set('%ID%', '4', null);\n"
        "  await notes.send({ groupId: '%ID%' }, { type: 'done' });\n  await notes.set('%ID%', '3', { n: 3 });\n  return [ids, { id, n }, gone.id];\n});\n"
        "let undone = false;\ntry { await ctx.transaction(async () => { await notes.set('%ID%', '9', {}); throw new Error('no'); }); } catch { undone = (await notes.get('%ID%', '9')) === null; }\n"
        "return { status: 200, body: [...seen, (await notes.getGroup('%ID%')).map((item) => item.id), undone] };",
        python="notes = context.streams.notes\nawait notes.set('%ID%', '1', {'n': 1})\n"
        "async def block():\n    await notes.set('%ID%', '2', {'n': 4})\n    await notes.update('%ID%', '2', [{'op': 'increment', 'path': 'n'}])\n"
        "    ids = [item['id'] for item in await notes.query('%ID%', order_by='n')]\n    item = await notes.get('%ID%', '2')\n"
        "    gone = await notes.delete('%ID%', '1')\n    await notes.set('%ID%', '4', None)\n"
        "    await notes.send({'groupId': '%ID%'}, {'type': 'done'})\n    await notes.set('%ID%', '3', {'n': 3})\n"
        "    return [ids, {'id': item['id'], 'n': item['n']}, gone['id']]\n"
        "seen = await context.transaction(block)\n"
        "async def failing():\n    await notes.set('%ID%', '9', {})\n    raise ValueError('no')\n"
        "try:\n    await context.transaction(failing)\nexcept ValueError:\n    pass\n"
        "undone = await notes.get('%ID%', '9') is None\n"
        "return {'status': 200, 'body': [*seen, [item['id'] for item in await notes.get_group('%ID%')], undone]}",
        ruby="notes = context.streams.notes\nnotes.set('%ID%', '1', { n: 1 })\n"
        "seen = context.transaction do\n  notes.set('%ID%', '2', { n: 4 })\n  notes.update('%ID%', '2', { op: :increment, path: 'n' })\n"
        "  ids = notes.query('%ID%', order_by: 'n').map { |item| item[:id] }\n  item = notes.get('%ID%', '2')\n"
        "  gone = notes.delete('%ID%', '1')\n  notes.set('%ID%', '4', nil)\n  notes.send({ groupId: '%ID%' }, { type: 'done' })\n"
        "  notes.set('%ID%', '3', { n: 3 })\n  [ids, { id: item[:id], n: item[:n] }, gone[:id]]\nend\n"
        "begin\n  context.transaction do\n    notes.set('%ID%', '9', { n: 9 })\n    raise 'no'\n  end\nrescue RuntimeError\n  nil\nend\n"
        "undone = notes.get('%ID%', '9').nil?\n"
        "{ status: 200, body: [*seen, notes.get_group('%ID%').map { |item| item[:id] }, undone] }",
    ),
    Behaviour(
        name="an-item-set-again-is-the-last-also-inside-a-transaction",
        expect=Answer(json=[["2", "4", "1", "3"], ["2", "4", "1", "3"]]),
        node="const { notes } = ctx.streams;\nconst ids = async () => (await notes.getGroup('%ID%')).map((item) => item.id);\n"
        "for (const id of ['1', '2']) await notes.set('%ID%', id, {});\n"
        "const seen = await ctx.transaction(async () => {\n  await notes.set('%ID%', '3', {});\n  await notes.set('%ID%', '4', {});\n"
        "  for (const id of ['1', '3']) { await notes.delete('%ID%', id); await notes.set('%ID%', id, {}); }\n  return ids();\n});\n"
        "return { status: 200, body: [seen, await ids()] };",
        python="notes = context.streams.notes\nfor id in '12':\n    await notes.set('%ID%', id, {})\n"
        "async def block():\n    for id in '34':\n        await notes.set('%ID%', id, {})\n"
        "    for id in '13':\n        await notes.delete('%ID%', id)\n        await notes.set('%ID%', id, {})\n"
        "    return [item['id'] for item in await notes.get_group('%ID%')]\nseen = await context.transaction(block)\n"
        "return {'status': 200, 'body': [seen, [item['id'] for item in await notes.get_group('%ID%')]]}",
        ruby="notes = context.streams.notes\nids = -> { notes.get_group('%ID%').map { |item| item[:id] } }\n%w[1 2].each { |id| notes.set('%ID%', id, {}) }\n"
        "seen = context.transaction do\n  %w[3 4].each { |id| notes.set('%ID%', id, {}) }\n"
        "  %w[1 3].each do |id|\n    notes.delete('%ID%', id)\n    notes.set('%ID%', id, {})\n  end\n  ids.()\nend\n"
        "{ status: 200, body: [seen, ids.()] }",
    ),
    Behaviour(
        name="calls-that-nobody-awaits-are-made",
        expect=(Answer(status=202), Seen(["1", "2"])),
        node="const { notes } = ctx.streams;\nnotes.set('%ID%', '1', { text: 'late' });\nnotes.update('%ID%', '2', { op: 'set', path: 'text', value: 'later' });\n"
        "notes.send({ groupId: '%ID%' }, { type: 'late' });\n"
        "ctx.transaction(async () => { ctx.state.set('seen', '%ID%', (await notes.getGroup('%ID%')).map((item) => item.id)); });\nreturn { status: 202 };",
        python="notes = context.streams.notes\nnotes.set('%ID%', '1', {'text': 'late'})\nnotes.update('%ID%', '2', {'op': 'set', 'path': 'text', 'value': 'later'})\n"
        "notes.send({'groupId': '%ID%'}, {'type': 'late'})\n"
        "async def block():\n    context.state.set('seen', '%ID%', [item['id'] for item in await notes.get_group('%ID%')])\n"
        "context.transaction(block)\nreturn {'status': 202}",
        ruby="notes = context.streams.notes\nnotes.set('%ID%', '1', { text: 'late' })\nnotes.update('%ID%', '2', { op: 'set', path: 'text', value: 'later' })\n"
        "notes.send({ groupId: '%ID%' }, { type: 'late' })\ncontext.state.set('seen', '%ID%', notes.get_group('%ID%').map { |item| item[:id] })\n{ status: 202 }",
    ),
    Behaviour(
        name="a-schema-is-told-of-once",
        expect=(
            Answer(text="x"),
            Logged(
                {
                    "level": "warn",
                    "msg": "item '1' of group '%ID%' in stream 'notes' does not fit the stream's schema: `bad %ID%` is not of type \"number\"",
                },
                times=1,
            ),
        ),
        node="const { notes } = ctx.streams;\nawait notes.set('%ID%', '1', { 'bad %ID%': 'x' });\n"
        "return { status: 200, body: (await notes.set('%ID%', '3', { 'bad %ID%': 'x' }))['bad %ID%'] };",
        python="notes = context.streams.notes\nawait notes.set('%ID%', '1', {'bad %ID%': 'x'})\nitem = await notes.set('%ID%', '3', {'bad %ID%': 'x'})\n"
        "return {'status': 200, 'body': item['bad %ID%']}",
        ruby="notes = context.streams.notes\nnotes.set('%ID%', '1', { 'bad %ID%' => 'x' })\nitem = notes.set('%ID%', '3', { 'bad %ID%' => 'x' })\n"
        "{ status: 200, body: item['bad %ID%'] }",
    ),
]
