import { z } from 'zod';
import { policySchema } from './policy.ts';

export type JsonSchema = Record<string, unknown>;

/** RFC 3339 times keep their `format`; zod's long pattern beside it says nothing more to a reader. */
const options = {
  io: 'input',
  override: ({ jsonSchema }: { jsonSchema: { format?: string; pattern?: string } }) => {
    if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern;
  },
} as const;

/** JSON Schema (2020-12) of one schema, as it goes over the wire. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, options);
  return rest;
}

/** JSON Schemas that point at each other with `$ref: refBase + name` wherever one contains another. */
export function componentSchemas(
  named: Readonly<Record<string, z.ZodType>>,
  refBase = '#/components/schemas/',
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { ...options, uri: (id) => `${refBase}${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema, $id, ...rest }]) => [id, rest as JsonSchema]),
  );
}

/** For editors: completion and checks while a policy file is written. `seamwatch check` says more. */
export function policyJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(policySchema, options);
  return { title: 'Seamwatch policy (seamwatch.yaml)', ...schema };
}
