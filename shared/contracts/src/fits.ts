import type { z } from 'zod';
import { utcMs } from './time.ts';

/** True only for values that a schema takes, and takes as they are. */
export type Fits = (value: unknown) => boolean;

type Schema = z.core.$ZodType;
type Check = z.core.$ZodCheck;

/**
 * A quick look at what nearly always fits, made from a schema: a sixth of the time of zod, which is a third of what an event
 * costs the monitor. Where it is false the schema itself has to be asked: the value is wrong, or unusual (times with an
 * offset, fields that the schema drops), or the schema has a part that is not known here.
 */
export function fitsOf(schema: Schema): Fits {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'object':
      return objectFits(def);
    case 'array':
      return arrayFits(fitsOf(def.element), def.checks);
    case 'enum':
      return among(Object.values(def.entries));
    case 'literal':
      return among(def.values);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'record':
      return recordFits(def.keyType, fitsOf(def.valueType));
    case 'nullable':
      return orNull(fitsOf(def.innerType));
    case 'string':
      return stringFits([...checksOf(schema, def.checks)]);
    case 'number':
      return numberFits([...checksOf(schema, def.checks)]);
    default:
      return never;
  }
}

const never: Fits = () => false;

/** A schema such as `z.iso.datetime()` is a check itself. */
function* checksOf(schema: Schema, checks: readonly Check[] | undefined): Generator<Check> {
  if ('check' in schema._zod.def) yield schema as unknown as Check;
  if (checks) yield* checks;
}

function objectFits(def: z.core.$ZodObjectDef): Fits {
  if (def.checks?.length) return never;
  const keys = Object.keys(def.shape);
  const optional = keys.map((key) => def.shape[key]!._zod.def.type === 'optional');
  const fields = keys.map((key, i) => {
    const field = (def.shape[key] as z.core.$ZodTypes)._zod.def;
    return fitsOf(optional[i] ? (field as z.core.$ZodOptionalDef).innerType : def.shape[key]!);
  });
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const object = value as Record<string, unknown>;
    let found = 0;
    for (let i = 0; i < keys.length; i++) {
      const field = object[keys[i]!];
      if (field === undefined) {
        if (!optional[i]) return false;
        continue;
      }
      if (!fields[i]!(field)) return false;
      found++;
    }
    // Fields that the schema does not know would have to be dropped or refused.
    for (const _ in object) found--;
    return found === 0;
  };
}

function arrayFits(element: Fits, checks: readonly Check[] = []): Fits {
  let most = Number.POSITIVE_INFINITY;
  for (const check of checks) {
    const def = (check as z.core.$ZodChecks)._zod.def;
    if (def.check !== 'max_length') return never;
    most = Math.min(most, def.maximum);
  }
  return (value) => {
    if (!Array.isArray(value) || value.length > most) return false;
    for (let i = 0; i < value.length; i++) if (!element(value[i])) return false;
    return true;
  };
}

/** Any texts as keys. */
function recordFits(keyType: Schema, element: Fits): Fits {
  const { type, checks } = (keyType as z.core.$ZodTypes)._zod.def;
  if (type !== 'string' || checks?.length) return never;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    for (const key in value) if (!element((value as Record<string, unknown>)[key])) return false;
    return true;
  };
}

const orNull =
  (inner: Fits): Fits =>
  (value) =>
    value === null || inner(value);

function among(values: readonly unknown[]): Fits {
  const allowed = new Set(values);
  return (value) => typeof value === 'string' && allowed.has(value);
}

function stringFits(checks: readonly Check[]): Fits {
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  let pattern: RegExp | undefined;
  let time = false;
  for (const check of checks) {
    const def = (check as z.core.$ZodChecks)._zod.def;
    if (def.check === 'min_length') least = Math.max(least, def.minimum);
    else if (def.check === 'max_length') most = Math.min(most, def.maximum);
    else if (def.check !== 'string_format') return never;
    else if (def.format === 'datetime') time = true;
    else if (def.format === 'regex' && def.pattern && !pattern) pattern = def.pattern;
    else return never;
  }
  const long: Fits = (value) => typeof value === 'string' && value.length >= least && value.length <= most;
  if (time) return (value) => long(value) && !Number.isNaN(utcMs(value as string));
  return pattern ? remembered((value) => long(value) && pattern.test(value as string)) : long;
}

/** What matches a pattern is a name, and names come again. */
function remembered(matches: Fits): Fits {
  const known = new Set<unknown>();
  return (value) => {
    if (known.has(value)) return true;
    if (!matches(value)) return false;
    if (known.size >= 1_000) known.clear();
    known.add(value);
    return true;
  };
}

function numberFits(checks: readonly Check[]): Fits {
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  let whole = false;
  for (const check of checks) {
    const def = (check as z.core.$ZodChecks)._zod.def;
    if (def.check === 'greater_than' && def.inclusive) least = Math.max(least, Number(def.value));
    else if (def.check === 'less_than' && def.inclusive) most = Math.min(most, Number(def.value));
    else if (def.check === 'number_format' && def.format === 'safeint') whole = true;
    else return never;
  }
  return (value) =>
    typeof value === 'number' &&
    value >= least &&
    value <= most &&
    (whole ? Number.isSafeInteger(value) : Number.isFinite(value));
}
