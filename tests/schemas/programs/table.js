'use strict';
/** Schemas of Zod as authors write them, each a function of the `z` of some version, and values to hold against them. */
const recursive = (z) => {
  const node = z.object({ name: z.string(), kids: z.lazy(() => z.array(node)) });
  return node;
};
const chained = (z) => {
  const node = z.object({ name: z.string(), next: z.lazy(() => z.nullable(node)) });
  return node;
};
const shared = [
  (z) => z.object({ a: z.number(), b: z.string().min(2).optional() }),
  (z) => z.string().min(2),
  (z) => z.string().max(2),
  (z) => z.string().length(2),
  (z) => z.string().email(),
  (z) => z.string().url(),
  (z) => z.string().uuid(),
  (z) => z.string().datetime(),
  (z) => z.string().regex(/^..$/),
  (z) => z.string().regex(/^[a-z]+$/),
  (z) => z.string().regex(/^AB b$/i),
  (z) => z.string().regex(/^\d{2}$/),
  (z) => z.string().regex(/^\S$/),
  (z) => z.string().regex(/^[^a]+$/),
  (z) => z.string().trim().min(2),
  (z) => z.string().toLowerCase().regex(/^abc$/),
  (z) => z.string().startsWith('a').endsWith('b'),
  (z) => z.string().includes('b'),
  (z) => z.number().int(),
  (z) => z.number().gt(1).lte(5),
  (z) => z.number().multipleOf(0.01),
  (z) => z.number().positive(),
  (z) => z.coerce.number(),
  (z) => z.coerce.string(),
  (z) => z.coerce.boolean(),
  (z) => z.coerce.date(),
  (z) => z.boolean(),
  (z) => z.null(),
  (z) => z.any(),
  (z) => z.unknown(),
  (z) => z.never(),
  (z) => z.undefined(),
  (z) => z.date(),
  (z) => z.bigint(),
  (z) => z.nan(),
  (z) => z.symbol(),
  (z) => z.void(),
  (z) => z.array(z.string()),
  (z) => z.array(z.number()).min(1).max(2),
  (z) => z.array(z.number()).nonempty(),
  (z) => z.set(z.string()),
  (z) => z.map(z.string(), z.string()),
  (z) => z.object({ a: z.number() }).strict(),
  (z) => z.object({ a: z.number() }).passthrough(),
  (z) => z.object({ a: z.number() }).catchall(z.string()),
  (z) => z.object({ a: z.unknown(), b: z.any() }),
  (z) => z.object({ a: z.string().nullable(), b: z.string().nullish() }),
  (z) => z.object({ a: z.string().default('x'), b: z.number().catch(1) }),
  (z) => z.object({ a: z.coerce.number() }),
  (z) => z.object({ a: z.undefined() }),
  (z) => z.object({ a: z.lazy(() => z.string()) }),
  (z) => z.object({ a: z.string() }).partial(),
  (z) => z.object({ a: z.object({ b: z.string() }) }),
  (z) => z.object({ a: z.date() }),
  (z) => z.object({ a: z.instanceof(Date) }),
  (z) => z.object({ a: z.string() }).and(z.object({ b: z.string() })),
  (z) =>
    z
      .object({ a: z.string() })
      .strict()
      .and(z.object({ b: z.string() }).strict()),
  (z) => z.union([z.string(), z.number()]),
  (z) => z.union([z.object({ a: z.string() }), z.array(z.string())]).nullable(),
  (z) => z.object({ a: z.string().min(1).or(z.number()) }),
  (z) => z.discriminatedUnion('t', [z.object({ t: z.literal('a'), n: z.number() }), z.object({ t: z.literal('b') })]),
  (z) => z.tuple([z.string(), z.number()]),
  (z) => z.tuple([z.string()]).rest(z.number()),
  (z) => z.tuple([z.string(), z.number().optional()]),
  (z) => z.tuple([]),
  (z) => z.record(z.string(), z.number()),
  (z) => z.record(z.enum(['a', 'b']), z.number()),
  (z) => z.record(z.string().min(2), z.number()),
  (z) => z.enum(['a', 'b']),
  (z) => z.nativeEnum({ A: 0, 0: 'A', B: 'b' }),
  (z) => z.literal('a'),
  (z) => z.literal(1),
  (z) => z.literal(null),
  (z) => z.preprocess((v) => String(v ?? 'x'), z.string().min(1)),
  (z) =>
    z
      .string()
      .transform((s) => s.length)
      .pipe(z.number().min(2)),
  (z) =>
    z
      .string()
      .transform(Number)
      .refine((n) => !Number.isNaN(n)),
  (z) => z.string().refine((v) => v !== 'a'),
  (z) => z.string().refine(async (v) => v !== 'a'),
  (z) => z.object({ a: z.string(), b: z.string() }).refine((v) => v.a === v.b, { path: ['b'], message: 'differ' }),
  (z) =>
    z.object({ a: z.string() }).superRefine((v, c) => {
      if (v.a === 'a') c.addIssue({ code: 'custom', message: 'no', path: ['a'] });
    }),
  (z) => z.string().brand(),
  (z) => z.object({ a: z.string() }).readonly(),
  (z) => z.string().catch('q'),
  (z) => z.string().default('q'),
  (z) => z.string().min(3).default('q'),
  (z) => z.object({ a: z.string().min(3).default('q') }),
  (z) =>
    z.object({
      a: z
        .string()
        .transform((s) => s.length)
        .default('abc'),
    }),
  (z) => z.object({ a: z.string({ message: 'say a', required_error: 'say a' }).min(2, 'short') }),
  (z) => z.number().min(2, 'few').max(4),
  (z) => z.array(z.string()).min(2, 'few'),
  (z) => z.object({ a: z.string() }).strict('nothing else'),
  (z) => z.string().optional(),
  (z) => z.object({}),
  (z) => z.object({ constructor: z.string().optional(), toString: z.string().optional() }),
  (z) => z.custom((v) => v === 1),
  recursive,
  chained,
];
const four = [
  (z) => z.json(),
  (z) => z.stringbool(),
  (z) => z.int(),
  (z) => z.int32(),
  (z) => z.email(),
  (z) => z.email({ pattern: z.regexes.unicodeEmail }),
  (z) => z.url(),
  (z) => z.uuid(),
  (z) => z.guid(),
  (z) => z.iso.datetime(),
  (z) => z.iso.date(),
  (z) => z.iso.time(),
  (z) => z.base64(),
  (z) => z.ipv4(),
  (z) => z.ipv6(),
  (z) => z.looseObject({ a: z.string() }),
  (z) => z.strictObject({ a: z.string() }),
  (z) => z.templateLiteral(['a', z.number()]),
  (z) => z.partialRecord(z.enum(['a', 'b']), z.number()),
  (z) => z.string().overwrite((s) => s.trim()),
  (z) => z.prefault(z.string().min(3), 'abc'),
  (z) => z.object({ a: z.nonoptional(z.string().default('x')) }),
  (z) => z.object({ a: z.string().prefault('x') }),
  (z) => {
    const node = z.object({
      name: z.string(),
      get kids() {
        return z.array(node);
      },
    });
    return node;
  },
];
const mini = [
  (z) => z.object({ a: z.optional(z.number()), b: z.nullable(z.string()) }),
  (z) => z.array(z.string()).check(z.minLength(1)),
  (z) => z.string().check(z.trim(), z.minLength(2)),
  (z) => z.catch(z.string(), 'x'),
  (z) => z.object({ a: z._default(z.string(), 'x') }),
  (z) => z.string().check(z.email()),
  (z) =>
    z.pipe(
      z.string(),
      z.transform((s) => s.length),
    ),
];
const VERSIONS = {
  zod: [...shared, ...four],
  zod40: [...shared, ...four],
  'zod325/v4': [...shared, ...four],
  zod325: shared,
  zod322: shared,
  'zod/mini': mini,
};

const texts =
  'a b ab abc ABC 12 5 0.5 true x@y.zz a@b http://a.b mailto:x 2020-01-01T00:00:00Z 2020-01-01 12:30:00 12:30 ' +
  '1.2.3.4 01.2.3.4 ::1 a5 YQ== 550e8400-e29b-41d4-a716-446655440000 urn:uuid:550e8400-e29b-41d4-a716-446655440000';
const values = [
  ...texts.split(' '),
  ...['', ' a ', '  a', 'AB b', '"a b"@c.de', ' http://a.b/c d', 'a\n', '٣٣', '😀', 'a😀', '😀😀', 'é', '👨‍👩‍👧'],
  ...[0, 1, -1, 2, 2.5, 3, 5, 0.07, 1e21, 9007199254740991, 9007199254740993, 2147483648, -0.5, true, false, null],
  ...[[], ['a'], ['a', 'b'], ['a', 1], ['a', 1, 2], ['a', null], [1], [1, 2], [1, 2, 3]],
  ...[{}, { a: 'a' }, { a: 'x', b: 'x' }, { a: 'x', b: 'y' }, { a: 'abc' }, { a: 1 }, { a: null }, { a: 1, b: 'x' }],
  ...[{ a: 1, b: 'xy' }, { a: '5' }, { a: 1, b: 2 }, { a: 'x', b: null }, { a: 1, c: 'x' }, { a: 1, c: 2 }, { b: 'x' }],
  ...[{ b: 2 }, { ab: 1 }, { t: 'a', n: 1 }, { t: 'a' }, { t: 'b' }, { t: 'c' }, { a: { b: 'x' } }, { a: { b: 1 } }],
  ...[
    { name: 'a', kids: [] },
    { name: 'a', kids: [{ name: 'b', kids: [] }] },
    { name: 'a', kids: [{ name: 1 }] },
  ],
  ...[{ name: 'a' }, { name: 'a', next: null }, { name: 'a', next: { name: 'b', next: null } }, { constructor: 'x' }],
];

module.exports = { VERSIONS, values };
