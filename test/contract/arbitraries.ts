import * as fc from 'fast-check';

/** What of JSON Schema our document uses. */
export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
}

export type Schemas = Record<string, Schema>;

/** Texts that have broken servers before. */
const STRANGE = [
  '',
  ' ',
  '\0',
  '\ud800',
  '\u2028',
  "' OR 1=1 --",
  '%',
  '_',
  '\\',
  '../../etc/passwd',
  '__proto__',
  '{"a":',
  '(((((a+)+)+)+)+$',
  'x'.repeat(300),
  'ü'.repeat(5000),
  '😀'.repeat(64),
];

/** Numbers beside every border. */
const BORDERS = [0, -1, 1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, -(2 ** 53), 1e300, 0.5];

/** Bodies for a schema: mostly what it allows, now and then what it does not. */
export function bodies(schema: Schema, schemas: Schemas, known: readonly string[]): fc.Arbitrary<unknown> {
  return anyOf([
    { weight: 12, arbitrary: valueOf(schema, schemas, known, 0) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  ]);
}

function valueOf(schema: Schema, schemas: Schemas, known: readonly string[], depth: number): fc.Arbitrary<unknown> {
  if (depth > 8) return fc.constant(null);
  const part = (inner: Schema): fc.Arbitrary<unknown> => valueOf(inner, schemas, known, depth + 1);
  if (schema.$ref) return part(schemas[schema.$ref.split('/').at(-1) as string] ?? {});
  if (schema.allOf) return part(schema.allOf[0] ?? {});
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(part));
  const wrong = { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) };
  const text = anyOf([
    { weight: 6, arbitrary: fc.constantFrom(...known) },
    { weight: 2, arbitrary: fc.constantFrom(...STRANGE) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  ]);
  if (schema.enum) return anyOf([{ weight: 8, arbitrary: fc.constantFrom(...schema.enum) }, wrong]);
  switch (schema.type) {
    case 'string':
      return anyOf([{ weight: 12, arbitrary: text }, wrong]);
    case 'integer':
    case 'number':
      return anyOf([
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }) },
        { weight: 3, arbitrary: fc.constantFrom(...BORDERS) },
        { weight: 2, arbitrary: fc.integer() },
        wrong,
      ]);
    case 'boolean':
      return anyOf([{ weight: 8, arbitrary: fc.boolean() }, wrong]);
    case 'array':
      return anyOf([{ weight: 10, arbitrary: fc.array(part(schema.items ?? {}), { maxLength: 4 }) }, wrong]);
    default:
      if (!schema.properties) return anyOf([{ weight: 6, arbitrary: fc.dictionary(text, fc.jsonValue()) }, wrong]);
  }
  const members = Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, part(inner)]));
  return anyOf([
    { weight: 10, arbitrary: fc.record(members, { requiredKeys: [] }) },
    { weight: 14, arbitrary: fc.record(members) },
    wrong,
  ]);
}

/** One of several, by weight. */
function anyOf(choices: { weight: number; arbitrary: fc.Arbitrary<unknown> }[]): fc.Arbitrary<unknown> {
  return fc.oneof(...choices);
}
