import 'reflect-metadata';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, type ValidationArguments } from 'class-validator';
import { MAX_LIST } from '../core/protocol.js';
import { hasMoreBytes, hasMoreCharacters, isStorable } from '../core/text.js';
import { Documented } from './documented.js';
import { uint64Of } from './exact-numbers.js';

/**
 * The members of a request, each declared once: how it is spelled, what is allowed in it, how it is documented. Vocabulary
 * of contract/legacy/seeds.md 0.3: *required* (there, and not "" or 0), *present* (there, may be empty), *optional*.
 */
export interface FieldOptions {
  /** Default `required`. */
  need?: 'required' | 'present' | 'optional';
  /** Other spellings, besides differences in case, which never matter. */
  also?: string[];
  /** What to say when a needed member is missing. Default "<name> is required". */
  missing?: string;
  /** For /docs. */
  description?: string;
  example?: unknown;
}

/** How the decoder finds and unwraps a member. */
export interface FieldSpec {
  name: string;
  also: string[];
  /** Class of the object, or of the elements of the list. */
  part?: () => new () => object;
  list: boolean;
}

const FIELDS = Symbol('openim-nest:fields');

/** Declared members of a request class, in order. */
export function fieldsOf(type: abstract new () => object): FieldSpec[] {
  return (Reflect.getMetadata(FIELDS, type.prototype) as FieldSpec[] | undefined) ?? [];
}

/** Text. Limits count characters (code points) unless they say bytes. */
export function Text(
  options: FieldOptions & { max?: number; maxBytes?: number; rule?: (text: string) => string | undefined } = {},
): PropertyDecorator {
  const { max, maxBytes, rule } = options;
  const check = (value: unknown): string | undefined => {
    if (typeof value !== 'string') return '$ must be a string';
    if (!isStorable(value)) return '$ must be valid text without NUL';
    if (max !== undefined && hasMoreCharacters(value, max)) return `$ must be at most ${max} characters`;
    if (maxBytes !== undefined && hasMoreBytes(value, maxBytes)) return `$ must be at most ${maxBytes} bytes`;
    return value === '' ? undefined : rule?.(value);
  };
  return field(options, check, (value) => value === '', {
    type: 'string',
    ...(max === undefined ? {} : { maxLength: max }),
  });
}

/** A whole number within the bounds, or one of the values. Default bounds: 32 bit, signed. */
export function Int(
  options: FieldOptions & { values?: readonly number[]; min?: number; max?: number; invalid?: string } = {},
): PropertyDecorator {
  const { values, min = -(2 ** 31), max = 2 ** 31 - 1, invalid } = options;
  const check = (value: unknown): string | undefined => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return '$ must be an integer';
    if (values && !values.includes(value)) return invalid ?? `$ must be one of ${values.join(', ')}`;
    if (value < min || value > max) return invalid ?? `$ must be from ${min} to ${max}`;
    return undefined;
  };
  const documented = values ? { enum: [...values] } : { minimum: min, maximum: max };
  return field(options, check, (value) => value === 0, { type: 'integer', ...documented });
}

/** A whole number of 64 bits without sign, exact. The decoded member is what `uint64Of` reads. */
export function Uint64(options: FieldOptions = {}): PropertyDecorator {
  const check = (value: unknown): string | undefined =>
    uint64Of(value) === undefined ? '$ must be an unsigned 64-bit integer' : undefined;
  return field({ need: 'optional', ...options }, check, () => false, { type: 'integer', minimum: 0 });
}

/** True or false. @param options.orNumber 1 and 0 are taken too, as v3 does where a flag may be left out to leave it as it is */
export function Flag(options: FieldOptions & { orNumber?: boolean } = {}): PropertyDecorator {
  const check = (value: unknown): string | undefined => {
    if (typeof value === 'boolean' || (options.orNumber && (value === 0 || value === 1))) return undefined;
    return '$ must be true or false';
  };
  return field({ need: 'optional', ...options }, check, () => false, { type: 'boolean' });
}

/** A list of texts. An empty list passes as required, as it did in the original. */
export function TextList(options: FieldOptions & { max?: number; maxLength?: number } = {}): PropertyDecorator {
  const { max = MAX_LIST, maxLength = 255 } = options;
  const check = (value: unknown): string | undefined => {
    if (!Array.isArray(value)) return '$ must be a list of strings';
    if (value.length > max) return `$ must have at most ${max} entries`;
    for (const entry of value) {
      if (typeof entry !== 'string') return '$ must be a list of strings';
      if (!isStorable(entry)) return '$ must hold valid text without NUL';
      if (hasMoreCharacters(entry, maxLength)) return `$ must hold entries of at most ${maxLength} characters`;
    }
    return undefined;
  };
  return field(options, check, () => false, { type: 'array', items: { type: 'string' }, maxItems: max });
}

/** A list of whole numbers of 32 bits. */
export function IntList(options: FieldOptions & { max?: number } = {}): PropertyDecorator {
  const { max = MAX_LIST } = options;
  const isInt = (entry: unknown): boolean => typeof entry === 'number' && (entry | 0) === entry;
  const check = (value: unknown): string | undefined => {
    if (!Array.isArray(value) || !value.every(isInt)) return '$ must be a list of integers';
    return value.length > max ? `$ must have at most ${max} entries` : undefined;
  };
  return field(options, check, () => false, { type: 'array', items: { type: 'integer' }, maxItems: max });
}

/** An object with declared members of its own. */
export function Part(part: () => new () => object, options: FieldOptions = {}): PropertyDecorator {
  return (target, key) => {
    const check = (value: unknown): string | undefined =>
      value !== null && typeof value === 'object' && !Array.isArray(value) ? undefined : '$ must be an object';
    field(
      options,
      check,
      () => false,
      { type: () => part(), description: options.description },
      { part, list: false },
    )(target, key);
  };
}

/** A list of objects with declared members. */
export function Parts(
  part: () => new () => object,
  options: FieldOptions & { min?: number; max?: number } = {},
): PropertyDecorator {
  const { min = 0, max = MAX_LIST } = options;
  const check = (value: unknown): string | undefined => {
    if (!Array.isArray(value)) return '$ must be a list of objects';
    if (value.length < min) return options.missing ?? '$ must not be empty';
    if (value.length > max) return `$ must have at most ${max} entries`;
    return undefined;
  };
  return field(
    options,
    check,
    () => false,
    { type: () => part(), isArray: true, minItems: min, maxItems: max },
    { part, list: true },
  );
}

/** A list of seqs: whole numbers up to 2^53. An empty one counts as missing. @param options.invalid what to say of one below `min` */
export function SeqList(
  options: FieldOptions & { min?: number; max?: number; invalid?: string } = {},
): PropertyDecorator {
  const { min = Number.MIN_SAFE_INTEGER, max = MAX_LIST, invalid } = options;
  const check = (value: unknown): string | undefined => {
    if (!Array.isArray(value) || !value.every(Number.isSafeInteger)) return '$ must be a list of integers';
    if (value.length > max) return `$ must have at most ${max} entries`;
    return value.some((seq) => seq < min) ? (invalid ?? `$ must hold numbers from ${min}`) : undefined;
  };
  const isEmpty = (value: unknown): boolean => (value as unknown[]).length === 0;
  return field(options, check, isEmpty, { type: 'array', items: { type: 'integer' }, maxItems: max });
}

/** Anything; the operation itself looks at it. */
export function Anything(options: FieldOptions & { schema?: object } = {}): PropertyDecorator {
  const schema = { type: 'object', additionalProperties: true, ...options.schema } as ApiPropertyOptions;
  return field(
    options,
    () => undefined,
    () => false,
    schema,
  );
}

function field(
  { need = 'required', also = [], missing, description, example }: FieldOptions,
  check: (value: unknown) => string | undefined,
  isZero: (value: unknown) => boolean,
  documentation: ApiPropertyOptions,
  shape: Pick<FieldSpec, 'part' | 'list'> = { list: false },
): PropertyDecorator {
  /** The broken rule in words, undefined when all is well. */
  const problemOf = (value: unknown, name: string): string | undefined => {
    if (value === undefined) return need === 'optional' ? undefined : (missing ?? `${name} is required`);
    const problem = check(value);
    if (problem) return problem.replace('$', name);
    return need === 'required' && isZero(value) ? (missing ?? `${name} is required`) : undefined;
  };
  return (target, key) => {
    const name = String(key);
    const specs = fieldsOf(target.constructor as new () => object);
    Reflect.defineMetadata(FIELDS, [...specs, { name, also, ...shape }], target);
    ValidateBy({
      name: 'field',
      validator: {
        validate: (value: unknown) => problemOf(value, name) === undefined,
        defaultMessage: (args?: ValidationArguments) => problemOf(args?.value, name) ?? '',
      },
    })(target, name);
    const property = {
      ...documentation,
      required: need !== 'optional',
      ...(description === undefined ? {} : { description }),
      ...(example === undefined ? {} : { example }),
    } as ApiPropertyOptions;
    Documented(({ ApiProperty }) => ApiProperty(property))(target, name);
  };
}
