import type { ConnectionTest } from '../../domain/connectors/connection-test.ts';
import { ACTORS_DOC } from './actors.ts';
import { time, z } from './common.ts';

export const connectionTestSchema = z
  .strictObject({
    tenant_id: z.string(),
    instance_id: z.string(),
    connector: z.string(),
    tested_at: time,
    /** Why the source was not even reached with the credential; null when it was. */
    problem: z.strictObject({ code: z.string(), message: z.string(), actor: z.enum(ACTORS_DOC) }).nullable(),
    permissions: z
      .array(
        z.strictObject({
          permission: z.string(),
          categories: z.array(z.string()).readonly(),
          status: z.enum(['granted', 'missing', 'unknown']),
          /** What to grant, or why it is not known; null when it is granted. */
          advice: z.string().nullable(),
        }),
      )
      .readonly(),
  })
  .openapi('ConnectionTest');

export const latestConnectionTestSchema = z
  .strictObject({ status: z.enum(['never', 'running', 'done', 'failed']), result: z.union([connectionTestSchema, z.null()]) })
  .openapi('LatestConnectionTest');

export const connectionTestResource = ({ problem, permissions, ...test }: ConnectionTest) => ({
  tenant_id: test.tenant_id as string,
  instance_id: test.instance_id as string,
  connector: test.connector,
  tested_at: test.tested_at,
  problem: problem === null ? null : { code: problem.code, message: problem.message, actor: problem.actor },
  permissions: permissions.map(({ permission, categories, status, advice }) => ({ permission, categories, status, advice })),
});
