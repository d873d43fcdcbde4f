"""What TypeScript and JavaScript steps do to load: name → (extension, head, expression, value)."""

from __future__ import annotations

CASES: dict[str, tuple[str, str, str, object]] = {
    "extensionless": ("ts", "import { one } from './lib/one'", "one", 1),
    "js_means_ts": ("ts", "import { one } from './lib/one.js'\nimport './lib/todo.service.js'", "one", 1),
    "mjs_means_mts": ("ts", "import { modern } from './lib/modern.mjs'", "modern", "mts"),
    "cjs_means_cts": ("ts", "import { classic } from './lib/classic.cjs'", "classic", "cts"),
    "own_endings": (
        "ts",
        "import { one } from './lib/one.ts'\nimport { modern } from './lib/modern.mts'\nimport c from './lib/classic.cts'",
        "[one, modern, c.classic]",
        [1, "mts", "cts"],
    ),
    "inner_dot": ("ts", "import { TodoService } from './lib/todo.service'", "new TodoService().list()", ["todo"]),
    "directory": (
        "ts",
        "import { inside } from './lib/folder'\nimport { inside as js } from './lib/folder-js/'",
        "[inside, js]",
        ["folder", "folder-js"],
    ),
    "directory_dot": ("ts", "import * as here from '.'", "here.index", "src/index"),
    "json": ("ts", "import data from './lib/data.json'", "data.answer", 42),
    "json_with": ("ts", "import data from './lib/data.json' with { type: 'json' }", "data.answer", 42),
    "json_named": ("ts", "import { answer } from './lib/data.json'", "answer", 42),
    "json_required": ("js", "const data = require('./lib/data.json')", "data.answer", 42),
    "json_dynamic": (
        "ts",
        "",
        "(await import('./lib/data.json', { with: { type: 'json' } })).default.answer",
        42,
    ),
    "tsx": ("ts", "import { View } from './lib/view'", "View('x')", "<b>x</b>"),
    "jsx": ("js", "import { widget } from './lib/widget.jsx'", "widget()", "i"),
    "dynamic": ("ts", "", "(await import('./lib/one')).default", "default of one"),
    "dynamic_path": (
        "ts",
        "const words = async (l: string) => (await import(`./locales/${l}`)).default.hello",
        "[await words('en'), await words('de')]",
        ["hello", "hallo"],
    ),
    "dynamic_absolute": (
        "ts",
        "import path from 'node:path'\nimport { pathToFileURL } from 'node:url'\n"
        "const target = path.join(import.meta.dirname, 'lib', 'one.ts')",
        "[(await import(target)).one, (await import(pathToFileURL(target).href)).one]",
        [1, 1],
    ),
    "dynamic_esm_in_cjs": ("js", "", "(await import('esm-only')).default", "its default"),
    "dynamic_missing": (
        "ts",
        "",
        "await import('./lib/' + 'nowhere').then(() => 'found', (e) => e.code)",
        "MODULE_NOT_FOUND",
    ),
    "paths": ("ts", "import { one } from '@lib/one'\nimport word from 'exactly'", "[one, word]", [1, "default of one"]),
    "base_url": ("ts", "import { one } from 'src/lib/one'", "one", 1),
    "required_paths": ("ts", "const { one } = require('@lib/one')", "one", 1),
    "decorators": (
        "ts",
        "const seen: string[] = []\n"
        "function Mark(target: object, key: string) { seen.push(`${typeof target} ${key}`) }\n"
        "function Param(_t: object, key: string, index: number) { seen.push(`${key} ${index}`) }\n"
        "function Sealed(c: Function) { seen.push(c.name) }\n"
        "@Sealed class Made { @Mark name?: string; greet(@Param _who: string) { return 'hi' } }",
        "[new Made().greet('x'), ...seen]",
        ["hi", "object name", "greet 0", "Made"],
    ),
    "enums": (
        "ts",
        "enum Level { Low, High = 5 }\nconst enum Fast { Yes = 'yes' }\nenum Text { A = 'a' }\nnamespace Space { export const inner = 'space'; export namespace Deep { export const x = 1 } }",
        "[Level.High, Level[0], Fast.Yes, Text.A, Space.inner, Space.Deep.x]",
        [5, "Low", "yes", "a", "space", 1],
    ),
    "properties": (
        "ts",
        "abstract class Base<T> { constructor(protected readonly value: T, public tag = 'tag') {} abstract get(): T }\n"
        "class Made extends Base<number> { #secret = 4; declare extra: string; static count: number; static { Made.count = 1 }\n"
        "  override get() { return (this.value + this.#secret) satisfies number as number } }",
        "[new Made(3).get()!, new Made(1).tag, Made.count, 'extra' in new Made(1)]",
        [7, "tag", 1, False],
    ),
    "overloads": (
        "ts",
        "function twice(x: string): string\nfunction twice(x: number): number\nfunction twice(x: any): any { return x + x }\n"
        "declare const nothing: string\nconst typed = <T,>(x: T): T => x",
        "[twice('a'), twice(1), typed('t')]",
        ["aa", 2, "t"],
    ),
    "top_await": ("ts", "const value = await Promise.resolve('top')", "value", "top"),
    "top_await_js": ("js", "const value = await Promise.resolve('top')", "value", "top"),
    "top_await_chain": ("ts", "import { again } from './lib/uses-waits'", "again", "waited again"),
    "top_await_package": ("ts", "import { slow } from 'esm-waits'", "slow", "slow"),
    "types_dropped": (
        "ts",
        "import { ApiRouteConfig, Handlers } from 'motia'\nimport { Shape, Name, kept } from './lib/types'\n"
        "const shape: Shape = { a: 1 }\ntype Used = ApiRouteConfig | Handlers | Name",
        "[shape.a, kept]",
        [1, "value"],
    ),
    "types_again": (
        "ts",
        "import { Shape, kept, type Form } from './lib/barrel'\nconst s: Shape & Form = { a: 2 }",
        "[s.a, kept]",
        [2, "value"],
    ),
    "circular": ("ts", "import { ab } from './lib/circle-a'", "ab()", "aba"),
    "meta": (
        "ts",
        "import { fileURLToPath } from 'node:url'\nimport path from 'node:path'\nimport fs from 'node:fs'",
        "[path.basename(fileURLToPath(import.meta.url)), path.basename(import.meta.dirname), path.basename(import.meta.filename),"
        " path.basename(import.meta.resolve('./lib/one.ts')), fs.readFileSync(new URL('./notes.txt', import.meta.url), 'utf8')]",
        ["meta.step.ts", "src", "meta.step.ts", "one.ts", "beside the step"],
    ),
    "meta_top_await": (
        "ts",
        "import path from 'node:path'\nawait null",
        "[path.basename(import.meta.filename), import.meta.url.startsWith('file:'), path.basename(__dirname)]",
        ["meta_top_await.step.ts", True, "src"],
    ),
    "dirname": (
        "ts",
        "import fs from 'fs'\nimport path from 'path'",
        "[path.basename(__filename), fs.readFileSync(path.join(__dirname, 'notes.txt'), 'utf8'), typeof module.exports, require.resolve('./lib/one') === path.join(__dirname, 'lib/one.ts')]",
        ["dirname.step.ts", "beside the step", "object", True],
    ),
    "cwd": (
        "js",
        "",
        "require('path').basename(process.cwd()) === require('path').basename(require('path').dirname(__dirname))",
        True,
    ),
    "require_in_esm": ("ts", "const { two, nested: { three } } = require('./lib/two')", "[two, three]", [2, 3]),
    "create_require": (
        "ts",
        "import { createRequire } from 'node:module'\nconst load = createRequire(import.meta.url)",
        "[load('./lib/two').two, load('./lib/data.json').answer, load('cjs-function')(4)]",
        [2, 42, 8],
    ),
    "import_equals": (
        "ts",
        "import two = require('./lib/two')\nimport fs = require('fs')",
        "[two.two, typeof fs.readFileSync]",
        [2, "function"],
    ),
    "cjs_and_mjs": (
        "ts",
        "import c from './lib/plain.cjs'\nimport m, { plain } from './lib/plain.mjs'",
        "[c.plain, m, plain]",
        ["cjs", "default of mjs", "mjs"],
    ),
    "esm_required": (
        "js",
        "const { plain, default: d } = require('./lib/plain.mjs')\nconst { name } = require('esm-only')",
        "[plain, d, name]",
        ["mjs", "default of mjs", "esm-only"],
    ),
    "esm_only": (
        "ts",
        "import it, { name } from 'esm-only'\nimport { deep } from 'esm-only/sub/deep'",
        "[it, name, deep]",
        ["its default", "esm-only", "deep"],
    ),
    "cjs_only": (
        "ts",
        "import { first, second } from 'cjs-only'\nimport all from 'cjs-only'",
        "[first, second(), all.first]",
        [1, 2, 1],
    ),
    "cjs_function": (
        "ts",
        "import double, { helper } from 'cjs-function'\nimport * as space from 'cjs-function'",
        "[double(2), helper, space.default(3), space.helper]",
        [4, "helper", 6, "helper"],
    ),
    "cjs_missing_name": ("ts", "import { nothing } from 'cjs-only'", "typeof nothing", "undefined"),
    "dual": ("ts", "import { kind } from 'dual'", "kind", "dual"),
    "package_json": (
        "ts",
        "import version from 'with-json'\nimport pkg from 'with-json/package.json'",
        "[version, pkg.name]",
        ["1.2.3", "with-json"],
    ),
    "workspace": (
        "ts",
        "import { shared, cents } from '@org/shared'\nimport { cents as again } from '@org/shared/money'",
        "[shared, cents(2), cents === again]",
        ["shared", "200 esm-only", True],
    ),
    "sdk": (
        "ts",
        "import { api, logger } from 'motia'\nimport * as core from '@motia/core'\nimport * as old from '@motiadev/core'\n"
        "import * as deep from '@motiadev/core/dist/src/types'\nconst again = require('motia')",
        "[typeof api, typeof logger.info, core.api === api, old.api === again.api, deep.api === api]",
        ["function", "function", True, True, True],
    ),
    "sdk_for_packages": ("js", "const known = require('needs-motia')", "known", True),
    "exports_after_import": (
        "js",
        "import { one } from './lib/one'\nmodule.exports.extra = one",
        "module.exports.extra ?? 'own'",
        1,
    ),
    "standard_decorators": (
        "ts",
        "import { Made, log } from './standard/marks'",
        "[new Made().run(), ...log]",
        [3, "accessor x", "method run", "field y"],
    ),
    "jsx_default": ("ts", "import { Auto } from './lib/jsx-auto'", "Auto()", "<p>hi"),
    "stars": (
        "ts",
        "import { waited, space, first } from './lib/starred'",
        "[waited, space.one, first]",
        ["waited", 1, 1],
    ),
    "class_default": (
        "ts",
        "import Made from './lib/class-default'\nimport * as all from './lib/class-default'",
        "[new Made().who(), new all.default().who()]",
        ["class", "class"],
    ),
    "await_everything": (
        "ts",
        "import data from './lib/data.json' with { type: 'json' }\nimport word, { one } from '@lib/one'\nimport type { Shape } from './lib/types'\n"
        "import c from './lib/plain.cjs'\nimport { nested } from './lib/two'\nimport { inside } from './lib/folder'\n"
        "const { waited } = await import('./lib/waits')\nconst shape: Shape = { a: (await import(`./lib/${'one'}`)).one }\n"
        "export default class Ignored {}\nexport { word as renamed }\nconst { two } = require('./lib/two')",
        "[data.answer, one, c.plain, nested.three, inside, waited, shape.a, two]",
        [42, 1, "cjs", 3, "folder", "waited", 1, 2],
    ),
    "await_in_cjs": ("js", "const { two } = require('./lib/two')\nconst v = await Promise.resolve(two)", "v", 2),
    "assert_json": ("ts", "import data from './lib/data.json' assert { type: 'json' }", "data.answer", 42),
    "old_main_check": ("js", "let ran = 'no'\nif (require.main === module) ran = 'yes'", "ran", "no"),
    "meta_main": ("ts", "let ran = 'no'\nif ((import.meta as any).main) ran = 'yes'", "ran", "no"),
    "private_import": ("ts", "import { internal } from '#lib/internal'", "internal", "#internal"),
    "function_import": (
        "js",
        "const load = new Function('name', 'return import(name)')",
        "(await load('esm-only')).name",
        "esm-only",
    ),
    "step_imports_step": (
        "ts",
        "import { config as other } from './sloppy.step.js'\nimport { handler as h } from './circular.step'",
        "[other.name, (await h()).body.value]",
        ["sloppy", "aba"],
    ),
    "dots": ("ts", "import { helper } from './lib/twins.step-helper'", "helper", "dots"),
    "crlf": ("ts", "import { one } from './lib/one'\r\nconst two: number = one + 1\r", "two", 2),
    "own_package_json": ("ts", "import { version } from '../package.json'", "version", "0.0.1"),
    "generator": (
        "ts",
        "async function* count() { yield 1; yield 2 }\nconst all: number[] = []\nfor await (const n of count()) all.push(n)",
        "all",
        [1, 2],
    ),
    "builtins": (
        "ts",
        "import fs from 'fs'\nimport { join } from 'path'\nimport { setTimeout as wait } from 'node:timers/promises'",
        "[typeof fs.promises.readFile, join('a', 'b'), typeof wait]",
        ["function", "a/b", "function"],
    ),
    "strict": ("ts", "", "(function (this: unknown) { return this === undefined })()", True),
    "sloppy": ("js", "", "(function () { return this === undefined })()", False),
    "hashbang": ("js", "#!/usr/bin/env node", "'hashbang'", "hashbang"),
    "exports_function": ("js", "function helper() { return 'hoisted' }", "helper()", "hoisted"),
    "template": ("js", "const text = `\nimport x from 'y'\nexport default 1\n`", "text.length", 36),
    "comment": ("js", "/*\nimport x from 'y'\n*/\n// export const z = 1", "'commented'", "commented"),
    "regex": ("js", "const pattern = /[}]import (x)/", "pattern.test('}import x')", True),
}
CASES_IN_CJS = {
    "json_required",
    "dynamic_esm_in_cjs",
    "cwd",
    "esm_required",
    "sdk_for_packages",
    "sloppy",
    "await_in_cjs",
    "old_main_check",
    "function_import",
    "hashbang",
    "exports_function",
    "template",
    "comment",
    "regex",
}
