"""The modules and packages that the steps of `node_cases.py` import: every kind there is."""

from __future__ import annotations

LIBRARY = {
    "tsconfig.json": """{
        // as most projects have it
        "extends": "./config/tsconfig.base.json",
        "compilerOptions": {
            "paths": { "@lib/*": ["./src/lib/*"], "exactly": ["./src/lib/one.ts"] },
            "jsx": "preserve", "verbatimModuleSyntax": true, "isolatedModules": true, "emitDecoratorMetadata": false,
        },
    }""",
    "config/tsconfig.base.json": '{"compilerOptions": {"baseUrl": "..", "experimentalDecorators": true}}',
    "standard/tsconfig.json": '{"compilerOptions": {"experimentalDecorators": false}}',
    "src/lib/one.ts": "export const one: number = 1\nexport default 'default of one'\n",
    "src/lib/two.js": "exports.two = 2\nexports.nested = { three: 3 }\n",
    "src/lib/todo.service.ts": "export class TodoService { list(): string[] { return ['todo'] } }\n",
    "src/lib/folder/index.ts": "export * from './inner'\n",
    "src/lib/folder/inner.ts": "export const inside = 'folder'\n",
    "src/lib/folder-js/index.js": "module.exports = { inside: 'folder-js' }\n",
    "src/lib/data.json": '{"answer": 42}',
    "src/lib/view.tsx": "const h = (tag: string, _p: unknown, ...kids: string[]) => `<${tag}>${kids.join('')}</${tag}>`\n"
    "/** @jsxRuntime classic @jsx h */\nexport const View = (name: string) => <b>{name}</b>\n",
    "src/lib/widget.jsx": "const h = (tag) => tag\n/** @jsxRuntime classic @jsx h */\nexport const widget = () => <i />\n",
    "src/lib/types.ts": "export interface Shape { a: number }\nexport type Name = string\nexport const kept = 'value'\n",
    "src/lib/barrel.ts": "import { Shape } from './types'\nexport { Shape }\nexport { Name } from './types'\n"
    "export type { Shape as Form } from './types'\nexport * from './types'\n",
    "src/lib/circle-a.ts": "import { b } from './circle-b'\nexport const a = 'a'\nexport const ab = () => a + b()\n",
    "src/lib/circle-b.ts": "import { a } from './circle-a'\nexport const b = () => `b${a}`\n",
    "src/lib/waits.ts": "export const waited = await new Promise<string>((done) => setTimeout(done, 5, 'waited'))\n",
    "src/lib/uses-waits.ts": "import { waited } from './waits'\nexport const again = `${waited} again`\n",
    "src/lib/modern.mts": "export const modern = 'mts'\n",
    "src/lib/classic.cts": "export = { classic: 'cts' }\n",
    "src/lib/plain.cjs": "module.exports = { plain: 'cjs' }\n",
    "src/lib/plain.mjs": "export const plain = 'mjs'\nexport default 'default of mjs'\n",
    "src/lib/counter.ts": "let n = 0\nexport const next = () => ++n\n",
    "src/locales/en.ts": "export default { hello: 'hello' }\n",
    "src/locales/de.ts": "export default { hello: 'hallo' }\n",
    "src/notes.txt": "beside the step",
    "src/lib/jsx-auto.tsx": "export const Auto = () => <p id='x'>hi</p>\n",
    "src/lib/twins.step-helper.ts": "export const helper = 'dots'\n",
    "src/lib/starred.ts": "export * from './waits'\nexport * as space from './one'\nexport * from 'cjs-only'\n",
    "src/lib/class-default.ts": "export default class Made { who() { return 'class' } }\n",
    "src/lib/internal.ts": "export const internal = '#internal'\n",
    "src/standard/tsconfig.json": '{"compilerOptions": {"target": "ES2022", "jsx": "preserve"}}',
    "src/standard/marks.ts": "const log: string[] = []\n"
    "function mark(_v: unknown, c: DecoratorContext) { log.push(`${c.kind} ${String(c.name)}`) }\n"
    "export class Made { @mark accessor x = 1; @mark y = 2; @mark run() { return this.x + this.y } }\nexport { log }\n",
    "node_modules/react/package.json": '{"name": "react", "main": "index.js"}',
    "node_modules/react/index.js": "exports.createElement = (tag, props, ...kids) => `<${tag}>${kids.join('')}`\n",
    "node_modules/react/jsx-runtime.js": "exports.jsx = (tag, props) => `<${tag}>${props.children}`\nexports.jsxs = exports.jsx\n",
    # Packages of every kind.
    "node_modules/motia/package.json": '{"name": "motia", "version": "0.17.14", "exports": {".": "./index.js"}}',
    "node_modules/motia/index.js": "throw new Error('the old package was loaded')",
    "node_modules/@motiadev/core/package.json": '{"name": "@motiadev/core", "version": "0.17.14", "main": "index.js"}',
    "node_modules/@motiadev/core/index.js": "throw new Error('the old core was loaded')",
    "node_modules/esm-only/package.json": '{"type": "module", "exports": {".": {"import": "./main.js"}, "./sub/*": {"import": "./sub/*.js"}}}',
    "node_modules/esm-only/main.js": "export const name = 'esm-only'\nexport default 'its default'\n",
    "node_modules/esm-only/sub/deep.js": "export const deep = 'deep'\n",
    "node_modules/esm-waits/package.json": '{"type": "module", "exports": "./main.js"}',
    "node_modules/esm-waits/main.js": "export const slow = await Promise.resolve('slow')\n",
    "node_modules/cjs-only/package.json": '{"exports": {".": {"require": "./main.cjs"}, "./package.json": "./package.json"}}',
    "node_modules/cjs-only/main.cjs": "exports.first = 1\nmodule.exports.second = () => 2\n",
    "node_modules/cjs-function/package.json": '{"main": "main"}',
    "node_modules/cjs-function/main.js": "module.exports = (x) => x * 2\nmodule.exports.helper = 'helper'\n",
    "node_modules/dual/package.json": '{"exports": {"node": {"import": "./main.mjs", "require": "./main.cjs"}, "default": "./main.mjs"}}',
    "node_modules/dual/main.mjs": "export const kind = 'dual'\n",
    "node_modules/dual/main.cjs": "exports.kind = 'dual'\n",
    "node_modules/with-json/package.json": '{"name": "with-json", "version": "1.2.3", "main": "main.js"}',
    "node_modules/with-json/main.js": "module.exports = require('./package.json').version\n",
    "node_modules/needs-motia/package.json": '{"main": "main.js"}',
    "node_modules/needs-motia/main.js": "module.exports = Object.keys(require('motia')).includes('api')\n",
    # A workspace: linked by the test.
    "packages/shared/package.json": '{"name": "@org/shared", "main": "src/index.ts", "exports": {".": "./src/index.ts", "./money": "./src/money.ts"}}',
    "packages/shared/src/index.ts": "export { cents } from './money'\nexport const shared: string = 'shared'\n",
    "packages/shared/src/money.ts": "import { name } from 'esm-only'\nexport const cents = (x: number): string => `${x * 100} ${name}`\n",
}
