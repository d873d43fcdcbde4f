import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sample, sampleText } from '../../data/sample.ts'
import { words } from '../../data/schema.ts'
import { check } from './check.ts'

const PERSON = {
  type: 'object',
  required: ['email'],
  properties: {
    email: { type: 'string', format: 'email' },
    friend: { $ref: '#/$defs/person' },
    friends: { type: 'array', items: { $ref: '#/$defs/person' } },
  },
}

test('a sample takes what the author said before what it would make up', () => {
  const said = (schema: object) => sample(schema as never, schema as never)
  assert.equal(said({ enum: ['red', 'green'], description: 'no' }), 'red')
  assert.equal(said({ type: 'string', default: 'd', examples: ['e'], description: 'x' }), 'd')
  assert.equal(said({ type: 'string', examples: ['e'], description: 'x' }), 'e')
  assert.equal(said({ type: 'string', description: 'What it is called' }), 'What it is called')
  assert.equal(said({ type: 'string' }), 'string')
  assert.equal(said({ type: ['null', 'integer'] }), 0)
  assert.equal(said({ const: 4 }), 4)
  assert.deepEqual(said({ type: 'array', items: { type: 'boolean' } }), [false])
  assert.deepEqual(said({ type: 'array', items: { type: 'boolean' }, minItems: 2 }), [false, false])
  assert.equal(said({ anyOf: [{ type: 'null' }, { type: 'string', enum: ['x'] }] }), 'x')
  assert.deepEqual(
    said({ allOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }] }),
    {
      a: 1,
      b: 2,
    },
  )
})

test('a sample of numbers and texts keeps to their rules', () => {
  const said = (schema: object) => sample(schema as never, {})
  assert.equal(said({ type: 'integer', exclusiveMinimum: 0 }), 1)
  assert.equal(said({ type: 'number', minimum: 2.5 }), 3)
  assert.equal(said({ type: 'integer', maximum: -4 }), -4)
  assert.equal(said({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }), 0.5)
  assert.equal(said({ type: 'integer', minimum: 7, multipleOf: 5 }), 10)
  assert.equal(said({ type: 'string', minLength: 8 }), 'stringxx')
  assert.equal(said({ type: 'string', maxLength: 3 }), 'str')
})

test('a schema that refers to itself ends, and what refers to nothing is anything', () => {
  const schema = { $ref: '#/$defs/person', $defs: { person: PERSON } }
  assert.deepEqual(sample(schema, schema), { email: 'somebody@example.com', friends: [] })
  assert.deepEqual(JSON.parse(sampleText({ $ref: '#' })), {})
  assert.deepEqual(JSON.parse(sampleText({ $ref: '#/nowhere' })), {})
  assert.equal(sampleText(undefined), '{}')
})

test('what does not fit is said in words, with its place', () => {
  const schema = {
    type: 'object',
    required: ['customer', 'items', 'late'],
    additionalProperties: false,
    properties: {
      customer: { type: 'string', minLength: 1 },
      currency: { enum: ['EUR', 'USD'] },
      late: { type: 'boolean', default: false },
      items: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['sku'],
          properties: { price: { type: 'number', exclusiveMinimum: 0 } },
        },
      },
      owner: { $ref: '#/$defs/person' },
      size: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      code: { type: 'string', pattern: '^[A-Z]+$' },
    },
    $defs: { person: PERSON },
  }
  const said = (value: object) => check(value as never, schema).map((one) => `${one.path}: ${one.text}`)
  assert.deepEqual(said({ customer: 'a', items: [{ sku: 1, price: 2 }], size: null, code: 'A' }), [])
  assert.deepEqual(said({}), ['customer: is missing (string)', 'items: is missing (array of object)'])
  assert.deepEqual(said({ customer: '', items: [], currency: 'GBP' }), [
    'customer: must not be empty',
    'items: needs at least 1 element, has 0',
    'currency: must be "EUR" or "USD", not "GBP"',
  ])
  assert.deepEqual(said({ customer: 'a', items: [{ price: 0 }, 'x'], Code: 1 }), [
    'items[0].sku: is missing',
    'items[0].price: must be greater than 0',
    'items[1]: must be an object, not a string',
    'Code: is not known: did you mean code?',
  ])
  assert.deepEqual(
    said({ customer: 'a', items: [{ sku: 1 }], owner: { friend: {} }, size: 'x', code: 'a' }),
    [
      'owner.email: is missing (string (email))',
      'owner.friend.email: is missing (string (email))',
      'size: must be an integer or null, not a string',
      'code: does not match ^[A-Z]+$',
    ],
  )
})

test('of several shapes the one that was meant is talked about', () => {
  const schema = {
    oneOf: [
      {
        type: 'object',
        required: ['kind', 'url'],
        properties: { kind: { const: 'link' }, url: { type: 'string' } },
      },
      {
        type: 'object',
        required: ['kind', 'text'],
        properties: { kind: { const: 'note' }, text: { type: 'string' } },
      },
    ],
  }
  assert.deepEqual(check({ kind: 'note' }, schema), [{ path: 'text', text: 'is missing (string)' }])
  assert.deepEqual(check({ kind: 'note', text: 'x' }, schema), [])
})

test('types are said as one reads them', () => {
  assert.equal(
    words({ type: 'array', items: { type: 'string', format: 'date' } }, {}),
    'array of string (date)',
  )
  assert.equal(words({ type: ['string', 'null'] }, {}), 'string or null')
  assert.equal(words({ enum: [1, 2, 3] }, {}), '1, 2 or 3')
  assert.equal(words({}, {}), 'anything')
  assert.equal(words(false, {}), 'anything')
})
