"""The code and packages that the loading cases import: every kind of module there is."""

from __future__ import annotations

LIBRARY = {
    "lib/plain.ts": "export const one: number = 1;\nexport default 'default';\n",
    "lib/old.js": "exports.two = 2;\nmodule.exports.three = () => 3;\n",
    "lib/folder/index.ts": "export const inside = 'index';\n",
    "lib/data.json": '{"n": 4}',
    "lib/view.tsx": "const h = (tag: string, _props: unknown, ...kids: string[]) => `<${tag}>${kids.join('')}</${tag}>`;\n"
    "/** @jsx h */\nexport const view = (name: string) => <b>{name}</b>;\n",
    "lib/onlytypes.ts": "export interface Shape { a: number }\nexport type Name = string;\n",
    "lib/counter.ts": "let n = 0;\nexport const next = () => ++n;\n",
    "lib/cycle_a.ts": "import { b } from './cycle_b';\nexport const a = 'a';\nexport const both = () => a + b();\n",
    "lib/cycle_b.ts": "import { a } from './cycle_a';\nexport const b = () => `b${a}`;\n",
    "lib/live.ts": "export let value = 0;\nexport const add = () => { value++; };\n",
    "lib/waits.ts": "export const waited = await Promise.resolve('waited');\n",
    "lib/star.ts": "export * from './plain';\nexport const more = await Promise.resolve(5);\n",
    "lib/modern.mts": "export const modern = 'mts';\n",
    "lib/common.cts": "export = { common: 'cts' };\n",
    "src/services/deep.ts": "export const deep = 'alias';\n",
    "tsconfig.json": """{
        // comments and trailing commas are usual here
        "extends": "./tsconfig.base.json",
        "compilerOptions": { "paths": { "@/*": ["./src/*"], "exact": ["./lib/plain.ts"], }, }
    }""",
    "tsconfig.base.json": '{"compilerOptions": {"experimentalDecorators": true, "baseUrl": "."}}',
    "node_modules/motia/package.json": '{"name": "motia", "version": "0.17.0", "main": "index.js"}',
    "node_modules/motia/index.js": "throw new Error('the old package was loaded')",
    "node_modules/esm-only/package.json": '{"type": "module", "exports": {"import": "./index.js"}}',
    "node_modules/esm-only/index.js": "export const only = 'import';\nexport default 'its default';\n",
    "node_modules/esm-waits/package.json": '{"type": "module", "exports": "./index.js"}',
    "node_modules/esm-waits/index.js": "export const slow = await Promise.resolve('slow');\n",
    "node_modules/dual/package.json": '{"exports": {"import": "./index.mjs", "require": "./index.cjs"}}',
    "node_modules/dual/index.mjs": "export const kind = 'esm';\n",
    "node_modules/dual/index.cjs": "exports.kind = 'cjs';\n",
    "node_modules/babel/package.json": '{"main": "index.js"}',
    "node_modules/babel/index.js": "exports.__esModule = true;\nexports.default = 'unwrapped';\n",
}
