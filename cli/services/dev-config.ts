/** Reads `temporal-dev.yaml`: every problem of the file in one message. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { InvalidInputError } from '../../domain/errors.ts';

const port = z.int().min(0).max(65535);

const devConfig = z.strictObject({
  move_ports: z.boolean(),
  temporal: z.strictObject({
    ip: z.string(),
    port,
    ui_port: port,
    namespace: z.string().min(1),
    retention_days: z.int().min(1),
    search_attributes: z.record(z.string(), z.enum(['Keyword', 'Int', 'Bool', 'Datetime', 'Text', 'Double', 'KeywordList'])),
    sqlite_pragmas: z.record(z.string(), z.string()),
    dynamic_config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  mongodb: z.strictObject({ port, database: z.string().regex(/^[a-z][a-z0-9_]{0,37}$/) }),
  api: z.strictObject({ host: z.string(), port }),
});

export type DevConfig = z.infer<typeof devConfig>;

export async function readDevConfig(file: string): Promise<DevConfig> {
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'));
  } catch {
    throw new InvalidInputError(`${file} cannot be read as YAML`, { code: 'INVALID_DEV_CONFIG', field: '$', expected: 'a YAML mapping' });
  }
  const result = devConfig.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => ({ field: issue.path.join('.') || '$', expected: issue.message }));
  throw new InvalidInputError(`${file} is not valid: ${problems.map((problem) => `${problem.field}: ${problem.expected}`).join('; ')}`, {
    code: 'INVALID_DEV_CONFIG',
    problems,
  });
}
