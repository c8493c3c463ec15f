import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { z } from 'zod';
import type { MappingModule } from '../mapping.ts';

const knownZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};
const knownEncoding = (label: string): boolean => {
  try {
    // Lines are told apart by bytes, which UTF-16 does not allow.
    return !new TextDecoder(label).encoding.startsWith('utf-16');
  } catch {
    return false;
  }
};

const moduleSchema = z.object({
  default: z.custom<MappingModule['default']>(
    (value) => typeof value === 'function',
    'the default export must be a function (row, context) => CloudEvent | "skip" | { bad: reason }',
  ),
  timeZone: z
    .string('timeZone must be exported: the IANA name of the zone of the times in the file')
    .refine(knownZone, 'not an IANA time zone'),
  csv: z
    .strictObject({
      delimiter: z.string().min(1).optional(),
      quote: z.string().length(1).nullable().optional(),
      encoding: z.string().refine(knownEncoding, 'not an encoding that can be read').optional(),
    })
    .optional(),
  columns: z.array(z.string()).optional(),
});

/** Loads a mapping module, in TypeScript or JavaScript. Throws `SEAM_CONFIG` with everything that is wrong with it. */
export async function openMapping(file: string): Promise<MappingModule> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new SeamError('SEAM_CONFIG', `the mapping ${file} cannot be loaded: ${text}`, { cause: error });
  }
  const result = moduleSchema.safeParse({ ...(module as object) });
  if (result.success) return result.data as MappingModule;
  const issues = result.error.issues.map((issue) => `\n  ${issue.path.join('.')}: ${issue.message}`);
  throw new SeamError('SEAM_CONFIG', `the mapping ${file} is none${issues.join('')}`);
}
