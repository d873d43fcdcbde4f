"""State: groups of keys, everything each operation answers, and what it must never do."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Behaviour, Seen

BEHAVIOURS = [
    Behaviour(
        name="set-get-delete",
        rows=(208, 209, 239, 258),
        expect=Answer(json=[{"n": 1}, {"n": 1}, {"n": 1}, None, None]),
        node="const { state } = ctx;\nreturn { status: 200, body: [await state.set('%ID%', 'k', { n: 1 }), "
        "await state.get('%ID%', 'k'),\n  await state.delete('%ID%', 'k'), await state.delete('%ID%', 'k'), "
        "await state.get('%ID%', 'k')] };",
        python='state = context.state\nreturn {"status": 200, "body": [await state.set("%ID%", "k", {"n": 1}), '
        'await state.get("%ID%", "k"),\n    await state.delete("%ID%", "k"), await state.delete("%ID%", "k"), '
        'await state.get("%ID%", "k")]}',
        ruby="state = context.state\n{ status: 200, body: [state.set('%ID%', 'k', { n: 1 }), state.get('%ID%', 'k'),\n"
        "  state.delete('%ID%', 'k'), state.delete('%ID%', 'k'), state.get('%ID%', 'k')] }",
    ),
    Behaviour(
        name="group-and-clear",
        rows=(240, 241),
        expect=Answer(json=[[1, 2], [], True]),
        node="const { state } = ctx;\nawait state.set('%ID%', 'a', 1);\nawait state.set('%ID%', 'b', 2);\n"
        "const all = await state.getGroup('%ID%');\nconst cleared = await state.clear('%ID%');\n"
        "return { status: 200, body: [all, await state.getGroup('%ID%'), cleared === undefined] };",
        python='state = context.state\nawait state.set("%ID%", "a", 1)\nawait state.set("%ID%", "b", 2)\n'
        'all = await state.get_group("%ID%")\nassert all == await state.getGroup("%ID%")\ncleared = await state.clear("%ID%")\n'
        'return {"status": 200, "body": [all, await state.get_group("%ID%"), cleared is None]}',
        ruby="state = context.state\nstate.set('%ID%', 'a', 1)\nstate.set('%ID%', 'b', 2)\nall = state.get_group('%ID%')\n"
        "raise 'differs' unless all == state.getGroup('%ID%')\ncleared = state.clear('%ID%')\n"
        "{ status: 200, body: [all, state.get_group('%ID%'), cleared.nil?] }",
    ),
    Behaviour(
        name="a-group-knows-its-keys",
        rows=(240, 241),
        expect=Answer(json=[[1, 2], ["x", "y"], 3]),
        node="const { state } = ctx;\nawait state.set('%ID%', 'x', 1);\nawait state.set('%ID%', 'y', 2);\n"
        "const all = await state.getGroup('%ID%');\nlet sum = 0;\nfor (const one of all) sum += one;\n"
        "return { status: 200, body: [all.map((one) => one), await state.keys('%ID%'), sum] };",
        python='state = context.state\nawait state.set("%ID%", "x", 1)\nawait state.set("%ID%", "y", 2)\n'
        'all = await state.get_group("%ID%")\nassert dict(all.items()) == {"x": 1, "y": 2} and isinstance(all, list)\n'
        'return {"status": 200, "body": [list(all.values()), list(all.keys()), sum(all)]}',
        ruby="state = context.state\nstate.set('%ID%', 'x', 1)\nstate.set('%ID%', 'y', 2)\nall = state.get_group('%ID%')\n"
        "raise 'differs' unless all.to_h == { 'x' => 1, 'y' => 2 }\n"
        "{ status: 200, body: [all.values, all.keys, all.sum] }",
    ),
    Behaviour(
        name="falsy-values",
        expect=Answer(json=[0, "", False, None, [], {}, ["e", "f", "n", "o", "s", "z"]]),
        node="const { state } = ctx;\nconst all = { z: 0, s: '', f: false, n: null, e: [], o: {} };\n"
        "for (const key in all) await state.set('%ID%', key, all[key]);\nconst back = [];\n"
        "for (const key in all) back.push(await state.get('%ID%', key));\n"
        "return { status: 200, body: [...back, (await state.keys('%ID%')).sort()] };",
        ts="const { state } = ctx;\nconst all: Record<string, unknown> = { z: 0, s: '', f: false, n: null, e: [], o: {} };\n"
        "for (const key in all) await state.set('%ID%', key, all[key]);\nconst back: unknown[] = [];\n"
        "for (const key in all) back.push(await state.get('%ID%', key));\n"
        "return { status: 200, body: [...back, (await state.keys('%ID%')).sort()] };",
        python='state = context.state\nall = {"z": 0, "s": "", "f": False, "n": None, "e": [], "o": {}}\n'
        'for key in all:\n    await state.set("%ID%", key, all[key])\nback = []\n'
        'for key in all:\n    back.append(await state.get("%ID%", key))\n'
        'return {"status": 200, "body": [*back, sorted(await state.keys("%ID%"))]}',
        ruby="state = context.state\nall = { z: 0, s: '', f: false, n: nil, e: [], o: {} }\n"
        "all.each { |key, value| state.set('%ID%', key, value) }\n"
        "{ status: 200, body: [*all.keys.map { |key| state.get('%ID%', key) }, state.keys('%ID%').sort] }",
    ),
    Behaviour(
        name="no-leak-between-groups",
        expect=Answer(json=[[1], [2], [], [3], None]),
        node="const { state } = ctx;\nawait state.set('%ID%', 'k', 1);\nawait state.set('%ID%1', 'k', 2);\n"
        "await state.set('%ID%:a', 'b', 3);\nreturn { status: 200, body: [await state.getGroup('%ID%'), "
        "await state.getGroup('%ID%1'),\n  await state.getGroup('%ID%*'), await state.getGroup('%ID%:a'), "
        "await state.get('%ID%', 'a:b')] };",
        python='state = context.state\nawait state.set("%ID%", "k", 1)\nawait state.set("%ID%1", "k", 2)\n'
        'await state.set("%ID%:a", "b", 3)\nreturn {"status": 200, "body": [await state.get_group("%ID%"), '
        'await state.get_group("%ID%1"),\n    await state.get_group("%ID%*"), await state.get_group("%ID%:a"), '
        'await state.get("%ID%", "a:b")]}',
        ruby="state = context.state\nstate.set('%ID%', 'k', 1)\nstate.set('%ID%1', 'k', 2)\nstate.set('%ID%:a', 'b', 3)\n"
        "{ status: 200, body: [state.get_group('%ID%'), state.get_group('%ID%1'), state.get_group('%ID%*'),\n"
        "  state.get_group('%ID%:a'), state.get('%ID%', 'a:b')] }",
    ),
    Behaviour(
        name="any-text-names",
        rows=(231,),
        expect=Answer(json=["v", ["user:1:profile *?[é]日\u2028"], 1]),
        node="const name = 'user:1:profile *?[é]日\\u2028';\nawait ctx.state.set('%ID%' + name, name, 'v');\n"
        "const groups = (await ctx.state.groups()).filter((group) => group === '%ID%' + name);\n"
        "return { status: 200, body: [await ctx.state.get('%ID%' + name, name), await ctx.state.keys('%ID%' + name), groups.length] };",
        python='name = "user:1:profile *?[é]日\\u2028"\nawait context.state.set("%ID%" + name, name, "v")\n'
        'groups = [group for group in await context.state.groups() if group == "%ID%" + name]\n'
        'return {"status": 200, "body": [await context.state.get("%ID%" + name, name), '
        'await context.state.keys("%ID%" + name), len(groups)]}',
        ruby="name = \"user:1:profile *?[é]日\\u2028\"\ncontext.state.set('%ID%' + name, name, 'v')\n"
        "groups = context.state.groups.select { |group| group == '%ID%' + name }\n"
        "{ status: 200, body: [context.state.get('%ID%' + name, name), context.state.keys('%ID%' + name), groups.size] }",
    ),
    Behaviour(
        name="ttl",
        rows=(232, 308),
        expect=Answer(json=["soon", None, "stays", None, None]),
        node="const { state } = ctx;\nconst first = await state.set('%ID%', 'a', 'soon', { ttl: 0.02 });\n"
        "await state.set('%ID%', 'b', 'stays', { ttl: 60 });\nawait state.setIfAbsent('%ID%', 'c', 1, { ttl: 0.02 });\n"
        "await state.set('%ID%', 'd', 'gone', 0.02);\nawait new Promise((done) => setTimeout(done, 40));\n"
        "return { status: 200, body: [first, await state.get('%ID%', 'a'), await state.get('%ID%', 'b'), await state.get('%ID%', 'd'), await state.get('%ID%', 'c')] };",
        python='import asyncio\nstate = context.state\nfirst = await state.set("%ID%", "a", "soon", ttl=0.02)\n'
        'await state.set("%ID%", "b", "stays", {"ttl": 60})\nawait state.set_if_absent("%ID%", "c", 1, ttl=0.02)\n'
        'await state.set("%ID%", "d", "gone", 0.02)\nawait asyncio.sleep(0.04)\n'
        'return {"status": 200, "body": [first, await state.get("%ID%", "a"), await state.get("%ID%", "b"), await state.get("%ID%", "d"), '
        'await state.get("%ID%", "c")]}',
        python_sync='import time\nstate = context.state\nfirst = state.set("%ID%", "a", "soon", ttl=0.02)\n'
        'state.set("%ID%", "b", "stays", {"ttl": 60})\nstate.set_if_absent("%ID%", "c", 1, ttl=0.02)\n'
        'state.set("%ID%", "d", "gone", 0.02)\ntime.sleep(0.04)\n'
        'return {"status": 200, "body": [first, state.get("%ID%", "a"), state.get("%ID%", "b"), state.get("%ID%", "d"), state.get("%ID%", "c")]}',
        ruby="state = context.state\nfirst = state.set('%ID%', 'a', 'soon', ttl: 0.02)\nstate.set('%ID%', 'b', 'stays', ttl: 60)\n"
        "state.set_if_absent('%ID%', 'c', 1, ttl: 0.02)\nstate.set('%ID%', 'd', 'gone', ttl: 0.02)\nsleep 0.04\n"
        "{ status: 200, body: [first, state.get('%ID%', 'a'), state.get('%ID%', 'b'), state.get('%ID%', 'd'), state.get('%ID%', 'c')] }",
    ),
    Behaviour(
        name="update",
        expect=Answer(
            json=[
                {"n": 5, "list": [1, 2], "deep": {"a": {"b": "set"}}, "merged": {"x": 1, "y": 2}},
                {"n": 6, "list": [2], "deep": {"a": {}}, "merged": {"x": 1, "y": 2}},
                7,
            ]
        ),
        node="const { state } = ctx;\nconst first = await state.update('%ID%', 'k', [\n"
        "  { op: 'increment', path: 'n', value: 5 }, { op: 'append', path: 'list', value: 1 }, "
        "{ op: 'append', path: 'list', value: 2 },\n  { op: 'set', path: 'deep.a.b', value: 'set' }, "
        "{ op: 'merge', path: 'merged', value: { x: 1 } }, { op: 'merge', path: 'merged', value: { y: 2 } },\n]);\n"
        "const second = await state.update('%ID%', 'k', [{ op: 'increment', path: 'n' }, { op: 'remove', path: 'list.0' }, "
        "{ op: 'remove', path: 'deep.a.b' }]);\n"
        "await state.set('%ID%', 'count', 6);\n"
        "return { status: 200, body: [first, second, await state.update('%ID%', 'count', { op: 'increment' })] };",
        python='state = context.state\nfirst = await state.update("%ID%", "k", [\n'
        '    {"op": "increment", "path": "n", "value": 5}, {"op": "append", "path": "list", "value": 1}, '
        '{"op": "append", "path": "list", "value": 2},\n    {"op": "set", "path": "deep.a.b", "value": "set"}, '
        '{"op": "merge", "path": "merged", "value": {"x": 1}}, {"op": "merge", "path": "merged", "value": {"y": 2}},\n])\n'
        'second = await state.update("%ID%", "k", [{"op": "increment", "path": "n"}, {"op": "remove", "path": "list.0"}, '
        '{"op": "remove", "path": "deep.a.b"}])\nawait state.set("%ID%", "count", 6)\n'
        'return {"status": 200, "body": [first, second, await state.update("%ID%", "count", {"op": "increment"})]}',
        ruby="state = context.state\nfirst = state.update('%ID%', 'k', [\n"
        "  { op: 'increment', path: 'n', value: 5 }, { op: :append, path: 'list', value: 1 }, "
        "{ op: :append, path: 'list', value: 2 },\n  { op: 'set', path: 'deep.a.b', value: 'set' }, "
        "{ op: 'merge', path: 'merged', value: { x: 1 } }, { op: 'merge', path: 'merged', value: { y: 2 } },\n])\n"
        "second = state.update('%ID%', 'k', [{ op: 'increment', path: 'n' }, { op: 'remove', path: 'list.0' }, "
        "{ op: 'remove', path: 'deep.a.b' }])\nstate.set('%ID%', 'count', 6)\n"
        "{ status: 200, body: [first, second, state.update('%ID%', 'count', { op: 'increment' })] }",
    ),
    Behaviour(
        name="update-that-does-not-fit",
        expect=Answer(json=[-32602, True, "text"]),
        node="const { state } = ctx;\nawait state.set('%ID%', 'k', 'text');\ntry {\n"
        "  await state.update('%ID%', 'k', [{ op: 'increment' }]);\n} catch (error) {\n"
        "  return { status: 200, body: [error.code, /number/.test(error.message), await state.get('%ID%', 'k')] };\n}",
        python='from motia import MotiaError\nstate = context.state\nawait state.set("%ID%", "k", "text")\ntry:\n'
        '    await state.update("%ID%", "k", [{"op": "increment"}])\nexcept MotiaError as error:\n'
        '    return {"status": 200, "body": [error.code, "number" in str(error), await state.get("%ID%", "k")]}',
        ruby="state = context.state\nstate.set('%ID%', 'k', 'text')\nbegin\n  state.update('%ID%', 'k', [{ op: 'increment' }])\n"
        "rescue Motia::Error => error\n"
        "  { status: 200, body: [error.code, error.message.include?('number'), state.get('%ID%', 'k')] }\nend",
    ),
    Behaviour(
        name="set-if-absent",
        expect=Answer(json=[{"stored": True, "value": 1}, {"stored": False, "value": 1}]),
        node="return { status: 200, body: [await ctx.state.setIfAbsent('%ID%', 'k', 1), await ctx.state.setIfAbsent('%ID%', 'k', 2)] };",
        python='first = await context.state.set_if_absent("%ID%", "k", 1)\n'
        'return {"status": 200, "body": [first, await context.state.setIfAbsent("%ID%", "k", 2)]}',
        ruby="{ status: 200, body: [context.state.set_if_absent('%ID%', 'k', 1), context.state.setIfAbsent('%ID%', 'k', 2)] }",
    ),
    Behaviour(
        name="compare-and-set",
        expect=Answer(
            json=[
                {"stored": True, "value": {"v": 1}},
                {"stored": False, "value": {"v": 1}},
                {"stored": True, "value": {"v": 2}},
            ]
        ),
        node="const { state } = ctx;\nreturn { status: 200, body: [await state.compareAndSet('%ID%', 'k', null, { v: 1 }),\n"
        "  await state.compareAndSet('%ID%', 'k', null, 2), await state.compareAndSet('%ID%', 'k', { v: 1 }, { v: 2 })] };",
        python='state = context.state\nfirst = await state.compare_and_set("%ID%", "k", None, {"v": 1})\n'
        'return {"status": 200, "body": [first, await state.compare_and_set("%ID%", "k", None, 2),\n'
        '    await state.compareAndSet("%ID%", "k", {"v": 1}, {"v": 2})]}',
        ruby="state = context.state\n{ status: 200, body: [state.compare_and_set('%ID%', 'k', nil, { v: 1 }),\n"
        "  state.compare_and_set('%ID%', 'k', nil, 2), state.compareAndSet('%ID%', 'k', { v: 1 }, { v: 2 })] }",
    ),
    Behaviour(
        name="names-are-texts-or-numbers",
        expect=Answer(json=["by number", "by text"]),
        node="await ctx.state.set('%ID%', 7, 'by number');\nconst found = await ctx.state.get('%ID%', '7');\n"
        "try { await ctx.state.get('%ID%', null); } catch { return { status: 200, body: [found, 'by text'] }; }",
        ts="await ctx.state.set('%ID%', 7 as any, 'by number');\nconst found = await ctx.state.get('%ID%', '7');\n"
        "try { await ctx.state.get('%ID%', null as any); } catch { return { status: 200, body: [found, 'by text'] }; }",
        python='await context.state.set("%ID%", 7, "by number")\nfound = await context.state.get("%ID%", "7")\ntry:\n'
        '    await context.state.get("%ID%", None)\nexcept TypeError:\n    return {"status": 200, "body": [found, "by text"]}',
        ruby="context.state.set('%ID%', 7, 'by number')\nfound = context.state.get('%ID%', '7')\nbegin\n"
        "  context.state.get('%ID%', nil)\nrescue TypeError\n  { status: 200, body: [found, 'by text'] }\nend",
    ),
    Behaviour(
        name="old-ways-to-read",
        rows=(231, 259),
        expect=Answer(json=["lamp", True, "lamp"]),
        node="await ctx.state.set('%ID%', 'k', { title: 'lamp' });\nconst item = await ctx.state.get('%ID%', 'k');\n"
        "const missing = (await ctx.state.get('%ID%', 'none')) ?? null;\n"
        "return { status: 200, body: [item.title, missing === null, item['title']] };",
        python='await context.state.set("%ID%", "k", {"title": "lamp"})\ns = await context.state.get("%ID%", "k")\n'
        'item = s.get("data", s) if isinstance(s, dict) else s\nmissing = await context.state.get("%ID%", "none")\n'
        'named = await context.state.get(trace_id="%ID%", key="k")\n'
        'return {"status": 200, "body": [item["title"], not missing, named["title"]]}',
        ruby="context.state.set('%ID%', 'k', { title: 'lamp' })\nitem = context.state[:get].('%ID%', 'k')\n"
        "missing = context.state.get('%ID%', 'none')\n{ status: 200, body: [item.title, missing.nil?, item['title']] }",
    ),
    Behaviour(
        name="un-awaited-calls-finish",
        rows=(294, 296),
        expect=(Answer(json=["early"]), Seen("late")),
        node="ctx.state.set('seen', '%ID%', 'late');\nreturn { status: 200, body: ['early'] };",
        python='context.state.set("seen", "%ID%", "late")\nreturn {"status": 200, "body": ["early"]}',
        ruby="Thread.new { context.state.set('seen', '%ID%', 'late') }\n{ status: 200, body: ['early'] }",
    ),
]
