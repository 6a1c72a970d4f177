/**
 * Which connectors may be put on a schedule at boot (CRED-14). Presence is all that is looked at: nothing here can recover, log or compare a
 * secret, because nothing here is given one.
 */
import { type ConnectorManifest, declaredVariables } from '../domain/connectors/manifest.ts';
import { envName } from '../domain/credentials/ref.ts';
import { declarationOf, type StoredCredentialStatus } from '../domain/credentials/stored.ts';
import type { InstanceId, TenantId } from '../domain/ids.ts';
import type { ConnectorInstance, CredentialProvider } from '../domain/tenancy/types.ts';

/** One connection with what is known of its credential. */
export interface ConnectionPresence {
  readonly instance: Pick<ConnectorInstance, '_id' | 'tenant_id' | 'connector' | 'status' | 'credentials_ref'>;
  /** Declared variables for which the `env` provider would find a value; an empty string is absent. */
  readonly environment: readonly string[];
  readonly stored: Pick<StoredCredentialStatus, 'state' | 'kind'>;
}

export type Eligibility =
  | { readonly eligible: true; readonly by: 'stored' | 'environment' | 'vault' | 'not_required' }
  /** `inactive`: not counted. `mapping`: a stored kind that the registry does not accept (CRED-16). */
  | { readonly eligible: false; readonly why: 'inactive' | 'environment' | 'mapping' };

/** Where the credential lies with somebody else, it is there for all we may know: only a launch can tell. */
const ELSEWHERE: ReadonlySet<CredentialProvider> = new Set(['azure_keyvault', 'aws_secretsmanager', 'federation']);

export function eligibilityOf({ instance, environment, stored }: ConnectionPresence, manifest: ConnectorManifest): Eligibility {
  if (instance.status !== 'active') return { eligible: false, why: 'inactive' };
  if (!manifest.capabilities.auth.required) return { eligible: true, by: 'not_required' };
  if (stored.state === 'active') {
    const mapped = stored.kind !== null && declarationOf(manifest, stored.kind) !== null;
    return mapped ? { eligible: true, by: 'stored' } : { eligible: false, why: 'mapping' };
  }
  // A launch of it would be refused (CRED-12): the environment does not stand in for what was taken back.
  if (stored.state !== 'none') return { eligible: false, why: 'environment' };
  const provider = instance.credentials_ref.provider;
  if (ELSEWHERE.has(provider)) return { eligible: true, by: 'vault' };
  const present = new Set(provider === 'env' ? environment : []);
  const complete = manifest.credential_kinds.some((kind) => {
    const required = Object.entries(kind.variables).filter(([, variable]) => variable.required);
    return required.length > 0 && required.every(([name]) => present.has(name));
  });
  return complete ? { eligible: true, by: 'environment' } : { eligible: false, why: 'environment' };
}

export interface ConnectorEnrolment {
  readonly tenant_id: TenantId;
  readonly connector: string;
  readonly decision: 'enrolled' | 'skipped_env' | 'skipped_mapping';
  /** The connections that made it eligible, sorted. */
  readonly instances: readonly InstanceId[];
}

export interface Enrolment {
  readonly enrolled: number;
  readonly skipped_env: number;
  readonly skipped_mapping: number;
  readonly connectors: readonly ConnectorEnrolment[];
}

/**
 * Counts connectors per tenant: one active connection with evidence is enough, and another tenant's is none. Without any, a wrong mapping is
 * named before an absent credential: it is ours to mend.
 */
export function enrolAtBoot(connections: readonly ConnectionPresence[], manifestOf: (connector: string) => ConnectorManifest): Enrolment {
  const groups = new Map<string, ConnectionPresence[]>();
  for (const connection of connections) {
    const key = `${connection.instance.tenant_id}/${connection.instance.connector}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [connection]);
    else group.push(connection);
  }
  const connectors = [...groups.keys()].sort().flatMap((key) => decide(groups.get(key) ?? [], manifestOf));
  const count = (decision: ConnectorEnrolment['decision']): number => connectors.filter((it) => it.decision === decision).length;
  return { enrolled: count('enrolled'), skipped_env: count('skipped_env'), skipped_mapping: count('skipped_mapping'), connectors };
}

function decide(group: readonly ConnectionPresence[], manifestOf: (connector: string) => ConnectorManifest): readonly ConnectorEnrolment[] {
  const [first] = group;
  if (first === undefined) return [];
  const { tenant_id, connector } = first.instance;
  const manifest = manifestOf(connector);
  const found = group.map((connection) => ({ id: connection.instance._id, eligibility: eligibilityOf(connection, manifest) }));
  if (found.every(({ eligibility }) => !eligibility.eligible && eligibility.why === 'inactive')) return [];
  const instances = found.flatMap(({ id, eligibility }) => (eligibility.eligible ? [id] : [])).sort();
  const wrong = found.some(({ eligibility }) => !eligibility.eligible && eligibility.why === 'mapping');
  const decision = instances.length > 0 ? 'enrolled' : wrong ? 'skipped_mapping' : 'skipped_env';
  return [{ tenant_id, connector, decision, instances }];
}

/** Names for which the host has a value that is not empty; the values are not looked at beyond that. */
export function presentVariables(
  environment: Readonly<Record<string, string | undefined>>,
  slug: string,
  ref: string,
  manifest: ConnectorManifest,
): readonly string[] {
  return declaredVariables(manifest).filter((variable) => (environment[envName(slug, ref, variable)] ?? '') !== '');
}
