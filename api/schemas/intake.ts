import type { AppDeps } from '../deps.ts';
import { INTAKE_STATES, type IntakeLink } from '../../domain/credentials/intake.ts';
import { NotFoundError } from '../../domain/errors.ts';
import { time, z } from './common.ts';

/** What is known of a link once it was made: neither its token nor its code. */
export const intakeLinkSchema = z
  .strictObject({
    id: z.string(),
    tenant_id: z.string(),
    instance_id: z.string(),
    kind: z.string(),
    state: z.enum(INTAKE_STATES),
    attempts: z.int(),
    created_by: z.string(),
    created_at: time,
    expires_at: time,
    closed_at: time.nullable(),
  })
  .openapi('IntakeLink');

export const intakeLinkResource = (link: IntakeLink) => ({
  id: link.id,
  tenant_id: link.tenant_id as string,
  instance_id: link.instance_id as string,
  kind: link.kind,
  state: link.state,
  attempts: link.attempts,
  created_by: link.created_by,
  created_at: link.created_at.toISOString(),
  expires_at: link.expires_at.toISOString(),
  closed_at: link.closed_at?.toISOString() ?? null,
});

/** @throws NotFoundError where this server has no intake */
export function intakeOf({ intake }: AppDeps): NonNullable<AppDeps['intake']> {
  if (intake === undefined) throw new NotFoundError('intake', '');
  return intake;
}
