import { getMetadataStorage, type ValidatorConstraintInterface } from 'class-validator';
import { ArgumentInvalid } from '../core/errors.js';
import { type FieldSpec, fieldsOf } from './fields.js';

/** A request as one dialect spells it. */
export interface Wire<Input> {
  /** The same request in the words of the service. May refuse what single members cannot show to be wrong. */
  toInput(): Input;
}

/** The class of a request. */
export type WireClass<Input> = new () => Wire<Input>;

type Decoder = (body: Record<string, unknown>, path: string) => object;

const decoders = new WeakMap<new () => object, Decoder>();

/**
 * Reads a request class from a body: members by their exact name, else by a spelling that differs in case; null counts as
 * absent; what is not declared is ignored. The rules are those class-validator was told by the decorators; they are
 * collected once per class instead of being looked up at every request.
 *
 * @throws ArgumentInvalid naming the first member, in declared order, that breaks a rule
 */
export function decode<T extends object>(type: new () => T, body: Record<string, unknown>): T {
  return decoderOf(type)(body, '') as T;
}

function decoderOf(type: new () => object): Decoder {
  let decoder = decoders.get(type);
  if (!decoder) {
    decoder = compile(type);
    decoders.set(type, decoder);
  }
  return decoder;
}

function compile(type: new () => object): Decoder {
  const fields = fieldsOf(type);
  const exact = new Map(fields.map((spec) => [spec.name, spec]));
  const folded = new Map(fields.flatMap((spec) => [spec.name, ...spec.also].map((name) => [name.toLowerCase(), spec])));
  const rules = rulesOf(type);

  return (body, path) => {
    const wire = new type() as Record<string, unknown>;
    const exactly = new Set<string>();
    for (const key of Object.keys(body)) {
      const value = body[key];
      if (value === null || value === undefined) continue;
      const spec = exact.get(key);
      if (spec) exactly.add(key);
      const found = spec ?? folded.get(key.toLowerCase());
      if (found && (spec || !exactly.has(found.name))) wire[found.name] = value;
    }
    for (const spec of fields) check(wire, spec, rules.get(spec.name) ?? [], path);
    return wire;
  };
}

function check(
  wire: Record<string, unknown>,
  spec: FieldSpec,
  rules: readonly ValidatorConstraintInterface[],
  path: string,
): void {
  const { name, part, list } = spec;
  const value = wire[name];
  for (const rule of rules) {
    const args = { value, property: name, object: wire, constraints: [], targetName: '' };
    if (rule.validate(value, args)) continue;
    throw new ArgumentInvalid(rule.defaultMessage?.(args) ?? `${name} is invalid`, path + name);
  }
  if (!part || value === undefined) return;
  const read = decoderOf(part());
  wire[name] = list
    ? (value as unknown[]).map((entry, index) =>
        read(asObject(entry, `${path}${name}[${index}]`), `${path}${name}[${index}].`),
      )
    : read(value as Record<string, unknown>, `${path}${name}.`);
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ArgumentInvalid(`${path} must be an object`, path);
}

/** The constraints of each member, as class-validator's own storage has them. */
function rulesOf(type: new () => object): Map<string, ValidatorConstraintInterface[]> {
  const storage = getMetadataStorage();
  const rules = new Map<string, ValidatorConstraintInterface[]>();
  for (const metadata of storage.getTargetValidationMetadatas(type, '', true, false)) {
    const constraints = storage.getTargetValidatorConstraints(metadata.constraintCls);
    rules.set(metadata.propertyName, [
      ...(rules.get(metadata.propertyName) ?? []),
      ...constraints.map((constraint) => constraint.instance),
    ]);
  }
  return rules;
}
