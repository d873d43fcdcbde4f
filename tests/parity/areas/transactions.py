"""`transaction` and `once`: all or nothing, own writes, conflicts, and what a retry does not pay for twice."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Behaviour, Emit, Heard, Seen

BEHAVIOURS = [
    Behaviour(
        name="own-writes-are-read",
        expect=Answer(json=[None, 1, [1, 2], ["a", "b"], 2, None, [], "value"]),
        node="const { state } = ctx;\nconst told = [];\nconst result = await ctx.transaction(async () => {\n"
        "  told.length = 0;\n  told.push(await state.get('%ID%', 'a'));\n  await state.set('%ID%', 'a', 1);\n"
        "  told.push(await state.get('%ID%', 'a'));\n  await state.set('%ID%', 'b', 2);\n"
        "  told.push(await state.getGroup('%ID%'), await state.keys('%ID%'), await state.delete('%ID%', 'b'), await state.get('%ID%', 'b'));\n"
        "  await state.clear('%ID%');\n  told.push(await state.getGroup('%ID%'));\n  return 'value';\n});\n"
        "return { status: 200, body: [...told, result] };",
        ts="const { state } = ctx;\nconst told: unknown[] = [];\nconst result = await ctx.transaction(async () => {\n"
        "  told.length = 0;\n  told.push(await state.get('%ID%', 'a'));\n  await state.set('%ID%', 'a', 1);\n"
        "  told.push(await state.get('%ID%', 'a'));\n  await state.set('%ID%', 'b', 2);\n"
        "  told.push(await state.getGroup('%ID%'), await state.keys('%ID%'), await state.delete('%ID%', 'b'), await state.get('%ID%', 'b'));\n"
        "  await state.clear('%ID%');\n  told.push(await state.getGroup('%ID%'));\n  return 'value';\n});\n"
        "return { status: 200, body: [...told, result] };",
        python="state, told = context.state, []\nasync def block():\n    told.clear()\n"
        '    told.append(await state.get("%ID%", "a"))\n    await state.set("%ID%", "a", 1)\n    told.append(await state.get("%ID%", "a"))\n'
        '    await state.set("%ID%", "b", 2)\n    told.append(await state.get_group("%ID%"))\n    told.append(await state.keys("%ID%"))\n'
        '    told.append(await state.delete("%ID%", "b"))\n    told.append(await state.get("%ID%", "b"))\n    await state.clear("%ID%")\n'
        '    told.append(await state.get_group("%ID%"))\n    return "value"\nresult = await context.transaction(block)\n'
        'return {"status": 200, "body": [*told, result]}',
        ruby="state = context.state\ntold = []\nresult = context.transaction do\n  told.clear\n  told << state.get('%ID%', 'a')\n"
        "  state.set('%ID%', 'a', 1)\n  told << state.get('%ID%', 'a')\n  state.set('%ID%', 'b', 2)\n  told << state.get_group('%ID%')\n"
        "  told << state.keys('%ID%')\n  told << state.delete('%ID%', 'b')\n  told << state.get('%ID%', 'b')\n  state.clear('%ID%')\n"
        "  told << state.get_group('%ID%')\n  'value'\nend\n{ status: 200, body: [*told, result] }",
    ),
    Behaviour(
        name="all-is-committed",
        expect=(Answer(json=[1, {"stored": True, "value": 5}, {"n": 1}]), Seen(3), Heard(["sent"])),
        node="const { state, streams } = ctx;\nconst told = await ctx.transaction(async (inside) => {\n"
        "  await state.set('seen', '%ID%', 2);\n  const n = await state.update('%ID%', 'n', [{ op: 'increment' }]);\n"
        "  const set = await state.setIfAbsent('%ID%', 'x', 5);\n  await state.compareAndSet('seen', '%ID%', 2, 3);\n"
        "  await streams.notes.set('%ID%', 'item', { n });\n  await inside.emit({ topic: '%ID%.out', data: 'sent' });\n  return [n, set];\n});\n"
        "const { n } = await streams.notes.get('%ID%', 'item');\nreturn { status: 200, body: [...told, { n }] };",
        python="state, streams = context.state, context.streams\nasync def block(inside):\n"
        '    await state.set("seen", "%ID%", 2)\n    n = await state.update("%ID%", "n", [{"op": "increment"}])\n'
        '    stored = await state.set_if_absent("%ID%", "x", 5)\n    await state.compare_and_set("seen", "%ID%", 2, 3)\n'
        '    await streams.notes.set("%ID%", "item", {"n": n})\n    await inside.emit({"topic": "%ID%.out", "data": "sent"})\n'
        '    return [n, stored]\ntold = await context.transaction(block)\nitem = await streams.notes.get("%ID%", "item")\n'
        'return {"status": 200, "body": [*told, {"n": item["n"]}]}',
        ruby="state = context.state\nstreams = context.streams\ntold = context.transaction do |inside|\n  state.set('seen', '%ID%', 2)\n"
        "  n = state.update('%ID%', 'n', [{ op: 'increment' }])\n  stored = state.set_if_absent('%ID%', 'x', 5)\n"
        "  state.compare_and_set('seen', '%ID%', 2, 3)\n  streams.notes.set('%ID%', 'item', { n: n })\n"
        "  inside.emit(topic: '%ID%.out', data: 'sent')\n  [n, stored]\nend\n"
        "{ status: 200, body: [*told, { n: streams.notes.get('%ID%', 'item').n }] }",
    ),
    Behaviour(
        name="an-error-undoes-all",
        expect=(Answer(json=["stop", "before"]), Heard([])),
        node="await ctx.state.set('%ID%', 'k', 'before');\nlet said = '';\ntry {\n  await ctx.transaction(async () => {\n"
        "    await ctx.state.set('%ID%', 'k', 'after');\n    await ctx.emit({ topic: '%ID%.out', data: 1 });\n    throw new Error('stop');\n  });\n"
        "} catch (error) { said = error.message; }\nreturn { status: 200, body: [said, await ctx.state.get('%ID%', 'k')] };",
        python='await context.state.set("%ID%", "k", "before")\nasync def block():\n    await context.state.set("%ID%", "k", "after")\n'
        '    await context.emit({"topic": "%ID%.out", "data": 1})\n    raise RuntimeError("stop")\ntry:\n'
        "    await context.transaction(block)\nexcept RuntimeError as error:\n    said = str(error)\n"
        'return {"status": 200, "body": [said, await context.state.get("%ID%", "k")]}',
        ruby="context.state.set('%ID%', 'k', 'before')\nsaid = begin\n  context.transaction do\n    context.state.set('%ID%', 'k', 'after')\n"
        "    context.emit(topic: '%ID%.out', data: 1)\n    raise 'stop'\n  end\nrescue RuntimeError => error\n  error.message\nend\n"
        "{ status: 200, body: [said, context.state.get('%ID%', 'k')] }",
    ),
    Behaviour(
        name="a-conflict-runs-it-again",
        expect=Answer(json=[2, 11]),
        # Somebody else writes between the read and the commit, the first time.
        node="let runs = 0;\nconst value = await ctx.transaction(async () => {\n  runs += 1;\n"
        "  const n = (await ctx.state.get('%ID%', 'n')) ?? 0;\n"
        "  if (runs === 1) await fetch(`http://${req.headers.host}/look-and-set/%ID%/n/10`);\n"
        "  return await ctx.state.set('%ID%', 'n', n + 1);\n});\nreturn { status: 200, body: [runs, value] };",
        python_top="from urllib.request import urlopen\nimport asyncio",
        python='runs = []\nasync def block():\n    runs.append(1)\n    n = (await context.state.get("%ID%", "n")) or 0\n'
        "    if len(runs) == 1:\n        await asyncio.to_thread(lambda: urlopen(f\"http://{req.headers['host']}/look-and-set/%ID%/n/10\").close())\n"
        '    return await context.state.set("%ID%", "n", n + 1)\nvalue = await context.transaction(block)\n'
        'return {"status": 200, "body": [len(runs), value]}',
        python_sync='runs = []\ndef block():\n    runs.append(1)\n    n = context.state.get("%ID%", "n") or 0\n'
        "    if len(runs) == 1:\n        urlopen(f\"http://{req.headers['host']}/look-and-set/%ID%/n/10\").close()\n"
        '    return context.state.set("%ID%", "n", n + 1)\nvalue = context.transaction(block)\nreturn {"status": 200, "body": [len(runs), value]}',
        ruby_top="require 'net/http'",
        ruby="runs = 0\nvalue = context.transaction do\n  runs += 1\n  n = context.state.get('%ID%', 'n') || 0\n"
        "  Net::HTTP.get(URI(\"http://#{req.headers['host']}/look-and-set/%ID%/n/10\")) if runs == 1\n"
        "  context.state.set('%ID%', 'n', n + 1)\nend\n{ status: 200, body: [runs, value] }",
    ),
    Behaviour(
        name="a-lasting-conflict-is-an-error",
        expect=Answer(json=[4, 1010]),
        node="let runs = 0;\ntry {\n  await ctx.transaction(async () => {\n    await ctx.state.get('%ID%', 'n');\n"
        "    await fetch(`http://${req.headers.host}/look-and-set/%ID%/n/${runs++}`);\n    await ctx.state.set('%ID%', 'n', 'mine');\n  });\n"
        "} catch (error) { return { status: 200, body: [runs, error.code] }; }",
        python_top="from urllib.request import urlopen\nimport asyncio\nfrom motia import MotiaError",
        python='runs = []\nasync def block():\n    await context.state.get("%ID%", "n")\n    url = f"http://{req.headers[\'host\']}/look-and-set/%ID%/n/{len(runs)}"\n'
        "    runs.append(1)\n    await asyncio.to_thread(lambda: urlopen(url).close())\n"
        '    await context.state.set("%ID%", "n", "mine")\ntry:\n    await context.transaction(block)\nexcept MotiaError as error:\n'
        '    return {"status": 200, "body": [len(runs), error.code]}',
        python_sync='runs = []\ndef block():\n    context.state.get("%ID%", "n")\n'
        "    urlopen(f\"http://{req.headers['host']}/look-and-set/%ID%/n/{len(runs)}\").close()\n    runs.append(1)\n"
        '    context.state.set("%ID%", "n", "mine")\ntry:\n    context.transaction(block)\nexcept MotiaError as error:\n'
        '    return {"status": 200, "body": [len(runs), error.code]}',
        ruby_top="require 'net/http'",
        ruby="runs = 0\nbegin\n  context.transaction do\n    context.state.get('%ID%', 'n')\n"
        "    Net::HTTP.get(URI(\"http://#{req.headers['host']}/look-and-set/%ID%/n/#{runs += 1}\"))\n"
        "    context.state.set('%ID%', 'n', 'mine')\n  end\nrescue Motia::TransactionConflict => error\n  { status: 200, body: [runs, error.code] }\nend",
    ),
    Behaviour(
        name="un-awaited-inside",
        expect=(Answer(json=["done"]), Seen("late"), Heard([1])),
        node="const done = await ctx.transaction(() => {\n  ctx.state.set('seen', '%ID%', 'late');\n  ctx.emit({ topic: '%ID%.out', data: 1 });\n"
        "  return 'done';\n});\nreturn { status: 200, body: [done] };",
        python='async def block():\n    context.state.set("seen", "%ID%", "late")\n    context.emit({"topic": "%ID%.out", "data": 1})\n'
        '    return "done"\nreturn {"status": 200, "body": [await context.transaction(block)]}',
        ruby="done = context.transaction do\n  context.state.set('seen', '%ID%', 'late')\n  context.emit(topic: '%ID%.out', data: 1)\n  'done'\nend\n"
        "{ status: 200, body: [done] }",
    ),
    Behaviour(
        name="emit-inside-answers",
        expect=Answer(json=[{"id": None, "deliveries": None}]),
        node="return { status: 200, body: [await ctx.transaction(() => ctx.emit({ topic: '%ID%.out' }))] };",
        python='async def block():\n    return await context.emit({"topic": "%ID%.out"})\n'
        'return {"status": 200, "body": [await context.transaction(block)]}',
        ruby="{ status: 200, body: [context.transaction { context.emit(topic: '%ID%.out') }] }",
    ),
    Behaviour(
        name="inside-another-it-joins",
        expect=Answer(json=[2, None]),
        node="let n = 0;\nconst { state } = ctx;\ntry {\n  await ctx.transaction(async () => {\n    await state.set('%ID%', 'n', 1);\n"
        "    await ctx.transaction(async () => { n = await state.update('%ID%', 'n', [{ op: 'increment' }]); });\n    throw new Error('undo');\n  });\n"
        "} catch { /* both are undone */ }\nreturn { status: 200, body: [n, await state.get('%ID%', 'n')] };",
        python="state, n = context.state, []\nasync def inner():\n"
        '    n.append(await state.update("%ID%", "n", [{"op": "increment"}]))\nasync def outer():\n    await state.set("%ID%", "n", 1)\n'
        '    await context.transaction(inner)\n    raise RuntimeError("undo")\ntry:\n    await context.transaction(outer)\nexcept RuntimeError:\n    pass\n'
        'return {"status": 200, "body": [*n, await state.get("%ID%", "n")]}',
        ruby="state = context.state\nn = nil\nbegin\n  context.transaction do\n    state.set('%ID%', 'n', 1)\n"
        "    context.transaction { n = state.update('%ID%', 'n', [{ op: 'increment' }]) }\n    raise 'undo'\n  end\nrescue RuntimeError\n  nil\nend\n"
        "{ status: 200, body: [n, state.get('%ID%', 'n')] }",
    ),
    Behaviour(
        name="trigger-inside-is-refused",
        expect=Answer(json=["transaction"]),
        node="const { motia } = require('motia');\ntry { await ctx.transaction(() => motia.trigger('collector', 1)); } catch (error) {\n"
        "  return { status: 200, body: [/transaction/.exec(error.message)[0]] };\n}",
        python='from motia import motia\nasync def block():\n    await motia.trigger("collector", 1)\ntry:\n    await context.transaction(block)\n'
        'except Exception as error:\n    return {"status": 200, "body": ["transaction" if "transaction" in str(error) else str(error)]}',
        ruby="begin\n  context.transaction { context.trigger('collector', 1) }\nrescue Motia::Error => error\n"
        "  { status: 200, body: [error.message[/transaction/]] }\nend",
    ),
    Behaviour(
        name="once-over-retries",
        kind="event",
        config={"infrastructure": {"queue": {"maxRetries": 2, "backoff": {"first": 0.01, "jitter": 0}}}},
        ask=Emit({}),
        expect=Seen([1, "paid", "paid", "paid"]),
        node="const paid = await ctx.once('pay', async () => {\n  await ctx.state.update('seen', '%ID%', [{ op: 'append', value: 1 }]);\n"
        "  return 'paid';\n});\nawait ctx.state.update('seen', '%ID%', [{ op: 'append', value: paid }]);\n"
        "if (ctx.attempt < 3) throw new Error('after paying');",
        python='async def pay():\n    await context.state.update("seen", "%ID%", [{"op": "append", "value": 1}])\n    return "paid"\n'
        'paid = await context.once("pay", pay)\nawait context.state.update("seen", "%ID%", [{"op": "append", "value": paid}])\n'
        'if context.attempt < 3:\n    raise RuntimeError("after paying")',
        ruby="paid = context.once('pay') do\n  context.state.update('seen', '%ID%', [{ op: 'append', value: 1 }])\n  'paid'\nend\n"
        "context.state.update('seen', '%ID%', [{ op: 'append', value: paid }])\nraise 'after paying' if context.attempt < 3",
    ),
    Behaviour(
        name="once-of-a-plain-function",
        expect=Answer(json=[{"at": "2024-01-02T03:04:05.000Z"}, {"at": "2024-01-02T03:04:05.000Z"}]),
        # What is remembered is what the wire carries, the first time as well.
        node="const work = () => ({ at: new Date('2024-01-02T03:04:05Z') });\n"
        "return { status: 200, body: [await ctx.once('k', work), await ctx.once('k', () => 'not run')] };",
        python='import datetime\nat = datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)\nfirst = await context.once("k", lambda: {"at": at})\n'
        'return {"status": 200, "body": [first, await context.once("k", lambda: "not run")]}',
        ruby="first = context.once('k') { { at: Time.utc(2024, 1, 2, 3, 4, 5) } }\n{ status: 200, body: [first, context.once('k') { 'not run' }] }",
    ),
    Behaviour(
        name="once-inside-a-transaction",
        expect=Answer(json=["x", "x"]),
        node="const first = await ctx.transaction(() => ctx.once('k', () => 'x'));\n"
        "return { status: 200, body: [first, await ctx.once('k', () => 'y')] };",
        python='async def block():\n    return await context.once("k", lambda: "x")\nfirst = await context.transaction(block)\n'
        'return {"status": 200, "body": [first, await context.once("k", lambda: "y")]}',
        ruby="first = context.transaction { context.once('k') { 'x' } }\n{ status: 200, body: [first, context.once('k') { 'y' }] }",
    ),
]
