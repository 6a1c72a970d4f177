/** A made-up tenant of any size for the chain bench: four sources in the proportions of a mid-sized company, the same for the same seed. */
import { canonicalJson } from '../domain/canonical.ts';
import { edgeId, entityId } from '../domain/graph/ids.ts';
import type { Edge, EdgeType, Entity, EntityId, EntityType, JoinKey, TenantGraph } from '../domain/graph/types.ts';
import { tenantId } from '../domain/ids.ts';
import { JOIN_KEYS } from '../domain/stitching/keys.ts';

const TENANT = tenantId('bench');
const ISSUER = 'token.actions.githubusercontent.com';
const DIRECTORY = '0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11';

/** About `size` entities and two edges for each, in id order as the repository gives them. */
export function benchTenant(size: number, seed = 1): TenantGraph {
  const entities: Entity[] = [];
  const edges = new Map<string, Edge>();
  const random = mulberry(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const add = (
    source_system: string,
    type: EntityType,
    subtype: string,
    native_id: string,
    join_keys: readonly JoinKey[] = [],
  ): EntityId => {
    const id = entityId(TENANT, source_system, source_system, type, native_id);
    entities.push({
      id,
      type,
      subtype,
      source_system,
      source_tenant: source_system,
      native_id,
      join_keys,
      display_name: native_id,
      category: 'bench',
      props: {},
      content_hash: id,
    });
    return id;
  };
  const link = (from: EntityId, type: EdgeType, to: EntityId): void => {
    const id = edgeId(from, type, to, null);
    edges.set(id, { id, from, to, type, category: 'bench', qualifier: null, props: {}, content_hash: id });
  };
  const many = (share: number, make: (n: number) => EntityId): EntityId[] =>
    Array.from({ length: Math.max(1, Math.round(size * share)) }, (_, n) => make(n));

  const buckets = many(0.06, (n) => add('aws', 'resource', 's3_bucket', `bucket-${n}`));
  const roles = many(0.1, (n) => add('aws', 'role', 'iam_role', `role-${n}`, [{ k: JOIN_KEYS.roleArn, v: `arn:aws:iam::1:role/${n}` }]));
  const statements = many(0.22, (n) => add('aws', 'permission', 'policy_statement', `statement-${n}`));
  const functions = many(0.08, (n) => add('aws', 'workload', 'lambda_function', `function-${n}`));
  const users = many(0.03, (n) => add('aws', 'identity', 'iam_user', `user-${n}`));
  const accessKeys = many(0.03, (n) => add('aws', 'credential', 'access_key', `key-${n}`));
  for (const statement of statements) {
    link(pick(roles), 'GRANTS', statement);
    for (let n = Math.floor(random() * random() * 12); n >= 0; n -= 1) link(statement, 'APPLIES_TO', pick(buckets));
  }
  for (const role of roles) for (let n = 0; n < 2; n += 1) link(role, 'GRANTS', pick(statements));
  for (const one of functions) link(one, 'RUNS_AS', pick(roles));
  for (const key of accessKeys) link(pick(users), 'HAS_CREDENTIAL', key);
  for (const user of users) for (let n = 0; n < 3; n += 1) link(user, 'GRANTS', pick(statements));

  const repositories = Math.max(1, Math.round(size * 0.04));
  const subjectOf = (n: number): string => `repo:corp@1/repo-${n % repositories}@${n % repositories}:ref:refs/heads/main`;
  const workflows = many(0.1, (n) =>
    add('github', 'workload', 'workflow', `workflow-${n}`, [{ k: JOIN_KEYS.githubDispatch, v: `api.github.com|corp/repo-${n}|ci.yml` }]),
  );
  const subjects = many(0.04, (n) =>
    add('github', 'identity', 'oidc_subject', `subject-${n}`, [{ k: JOIN_KEYS.oidcSubject, v: `${ISSUER}|${subjectOf(n)}` }]),
  );
  const pushes = many(0.05, (n) => add('github', 'resource', 'event_source', `push-${n}`));
  for (const workflow of workflows) {
    link(workflow, 'TRIGGERED_BY', pick(pushes));
    if (random() < 0.5) link(workflow, 'CAN_REQUEST_OIDC', pick(subjects));
  }
  many(0.02, (n) => {
    const like = n % 50 === 0 ? `repo:corp@1/repo-${n % 10}*` : subjectOf(n);
    const value = canonicalJson({
      issuer: ISSUER,
      audiences: [],
      other_conditions: false,
      subjects: [{ op: n % 50 === 0 ? 'StringLike' : 'StringEquals', value: like }],
    });
    const trusted = add('aws', 'identity', 'federated_subject', `trust-${n}`, [{ k: JOIN_KEYS.oidcTrust, v: value }]);
    link(pick(roles), 'TRUSTS', trusted);
    return trusted;
  });

  const apps = many(0.05, (n) => add('entra', 'identity', 'app_registration', `app-${n}`));
  const principals = apps.map((app, n) => {
    const keys = [
      { k: JOIN_KEYS.entraApp, v: `${DIRECTORY}|app-${n}` },
      { k: JOIN_KEYS.entraPrincipal, v: `${DIRECTORY}|sp-${n}` },
    ];
    const principal = add('entra', 'identity', 'service_principal', `sp-${n}`, keys);
    link(principal, 'INSTANCE_OF', app);
    return principal;
  });
  const appRoles = many(0.02, (n) => add('entra', 'permission', 'app_role', `app-role-${n}`));
  for (const principal of principals) for (let n = 0; n < 3; n += 1) link(principal, 'GRANTS', pick(appRoles));
  many(0.02, (n) => {
    const federated = add('entra', 'credential', 'federated_credential', `fic-${n}`, [
      { k: JOIN_KEYS.entraFederatedCredential, v: `${ISSUER}|${subjectOf(n)}|api://AzureADTokenExchange` },
    ]);
    link(pick(apps), 'TRUSTS_SUBJECT', federated);
    return federated;
  });

  const flows = many(0.06, (n) => add('servicenow', 'workload', 'flow', `flow-${n}`));
  const items = many(0.04, (n) => add('servicenow', 'resource', 'event_source', `item-${n}`));
  const profiles = many(0.02, (n) =>
    add('servicenow', 'credential', 'oauth_profile', `profile-${n}`, [{ k: JOIN_KEYS.usesEntraApp, v: `${DIRECTORY}|app-${n}` }]),
  );
  const messages = many(0.03, (n) => add('servicenow', 'connection', 'rest_message', `message-${n}`));
  for (const flow of flows) {
    link(flow, 'TRIGGERED_BY', pick(items));
    link(flow, 'CALLS', random() < 0.3 ? pick(flows) : pick(messages));
  }
  for (const message of messages) link(message, 'USES', pick(profiles));
  const owners = many(0.03, (n) => add('entra', 'owner', 'user', `user-${n}`));
  for (const one of [...apps, ...principals]) link(one, 'OWNED_BY', pick(owners));
  const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
  return {
    tenant_id: TENANT,
    revision: `bench-${size}-${seed}`,
    entities: entities.sort(byId),
    edges: [...edges.values()].sort(byId),
    coverage: [],
  };
}

/** A small seeded generator (mulberry32, public domain, by Tommy Ettinger). */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
