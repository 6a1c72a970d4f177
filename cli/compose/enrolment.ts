/**
 * What a worker of the `connectors` queue does before it serves: it counts which connectors of which tenants have a credential (CRED-14), by presence
 * alone, and refuses to start where two references of one tenant would read one variable (docs/decisions/0002).
 */
import { type ConnectionPresence, enrolAtBoot, type Enrolment, presentVariables } from '../../broker/eligibility.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { declaredVariables } from '../../domain/connectors/manifest.ts';
import { assertNoEnvOverlap, envUsesOf } from '../../domain/credentials/ref.ts';
import { type InputProblem, InvalidInputError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Tenant } from '../../domain/tenancy/types.ts';
import type { Logger } from './logger.ts';
import type { Storage } from './storage.ts';

export interface EnrolmentParts {
  readonly storage: Pick<Storage, 'tenants' | 'instances' | 'credentials'>;
  readonly registry: ConnectorRegistry;
  /** Asked for presence only. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

/** Tenants looked at together: their rows are two small queries each. */
const AT_ONCE = 32;
/** A log line names no more. */
const MOST_NAMED = 50;

/** @throws InvalidInputError `CREDENTIALS_REF_OVERLAP` with every pair */
export async function enrolConnections({ storage, registry, environment, logger }: EnrolmentParts): Promise<Enrolment> {
  const connections: ConnectionPresence[] = [];
  const overlaps: InputProblem[] = [];
  const unknown = new Set<string>();

  async function look(tenant: Tenant): Promise<readonly ConnectionPresence[]> {
    const [rows, states] = await Promise.all([storage.instances.list(tenant._id), storage.credentials.listStates(tenant._id)]);
    const instances = rows.filter(({ connector }) => registry.has(connector));
    for (const { connector } of rows) if (!registry.has(connector)) unknown.add(connector);
    const variablesOf = (connector: string): readonly string[] => declaredVariables(registry.get(connector).manifest);
    const overlap = overlapOf(tenant, () => assertNoEnvOverlap(tenant.slug, envUsesOf(instances, variablesOf)));
    if (overlap !== null) overlaps.push(overlap);
    const stored = new Map(states.map((state) => [state.instance_id, state]));
    return instances.map((instance) => ({
      instance,
      environment:
        instance.credentials_ref.provider === 'env'
          ? presentVariables(environment, tenant.slug, instance.credentials_ref.ref, registry.get(instance.connector).manifest)
          : [],
      stored: stored.get(instance._id) ?? { state: 'none', kind: null },
    }));
  }

  for await (const tenants of activeTenants(storage)) connections.push(...(await Promise.all(tenants.map(look))).flat());
  if (overlaps.length > 0) {
    throw new InvalidInputError('credential references of one tenant would read the same variable; nothing is served until they differ', {
      code: 'CREDENTIALS_REF_OVERLAP',
      problems: overlaps.sort((a, b) => (a.field < b.field ? -1 : 1)),
    });
  }
  const enrolment = enrolAtBoot(connections, (connector) => registry.get(connector).manifest);
  report(enrolment, unknown, logger);
  return enrolment;
}

function report({ enrolled, skipped_env, skipped_mapping, connectors }: Enrolment, unknown: ReadonlySet<string>, logger: Logger): void {
  logger.info({ enrolled, skipped_env, skipped_mapping }, 'connectors with a credential');
  const skipped = connectors
    .filter(({ decision }) => decision !== 'enrolled')
    .map((it) => `${it.tenant_id}/${it.connector}: ${it.decision}`);
  if (skipped.length > 0)
    logger.warn({ skipped: skipped.slice(0, MOST_NAMED), count: skipped.length }, 'connectors without a usable credential');
  if (unknown.size > 0)
    logger.warn({ connectors: [...unknown].sort().slice(0, MOST_NAMED) }, 'instances of connectors that this host does not have');
}

function overlapOf(tenant: Tenant, check: () => void): InputProblem | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return {
      field: `tenants.${tenant._id}.credentials_ref`,
      expected: `${error.expected ?? 'references that do not overlap'}, not ${error.subject}`,
    };
  }
}

async function* activeTenants({ tenants }: Pick<Storage, 'tenants'>): AsyncIterable<readonly Tenant[]> {
  let after: TenantId | undefined;
  for (;;) {
    const page = await tenants.list({ limit: AT_ONCE, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) return;
    yield page.filter(({ status }) => status === 'active');
    after = page.at(-1)?._id;
  }
}
