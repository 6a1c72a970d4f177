import type { Edge, Entity, Props } from '../../../../domain/graph/types.ts';
import { type GraphBuilder, daysAgo } from '../builder.ts';
import { principal } from './entra.ts';
import { type RuleCase, allow, group, role, user } from './types.ts';

const dormant = 'dormant_authority';
const recovery = 'standing_recovery_principal';
const expanded = 'privilege_expanded';

const admin =
  (props: Props, name = 'ops') =>
  (g: GraphBuilder): Entity => {
    const r = role(g, name, { created_at: daysAgo(800), ...props });
    allow(g, r, ['*']);
    return r;
  };
const adminUser =
  (props: Props, ...keys: readonly Props[]) =>
  (g: GraphBuilder): Entity => {
    const u = user(g, 'ops', { created_at: daysAgo(800), ...props });
    allow(g, u, ['*']);
    for (const [n, key] of keys.entries()) g.edge(u, 'HAS_CREDENTIAL', g.entity('credential', 'iam_access_key', `AKIA${n}`, key));
    return u;
  };
const directoryRole = (g: GraphBuilder, holder: Entity): void => {
  const r = g.entity(
    'role',
    'directory_role',
    'ga',
    { template_id: '62e90394-69f5-4237-9190-012177145e10' },
    { system: 'entra', category: 'directory_roles', name: 'Global Administrator' },
  );
  g.edge(holder, holder.type === 'owner' ? 'MEMBER_OF' : 'HAS_ROLE', r, {}, { category: 'directory_roles' });
};

/** A role with one grant; `how` says what happened to the rows since the last complete sync. */
const drift =
  (how: (g: GraphBuilder, rows: { subject: Entity; grant: Edge; permission: Entity }) => void, compared = true) =>
  (g: GraphBuilder): Entity => {
    if (compared) g.compared = null;
    const subject = role(g);
    const permission = allow(g, subject, ['s3:GetObject']);
    const grant = g.edges.at(-1);
    if (grant !== undefined) how(g, { subject, grant, permission });
    return subject;
  };

const guard = (props: Props): Props => ({ effect: 'Deny', resources: ['*'], condition_keys: [], ...props });

/** A deny that the last complete read no longer found, statement and grant. */
function loses(g: GraphBuilder, subject: Entity, props: Props): void {
  const statement = g.entity('permission', 'iam_statement', 'guard', guard(props));
  const grant = g.edge(subject, 'GRANTS', statement);
  g.entities.pop();
  g.edges.pop();
  g.changes.push({ kind: 'entity', id: statement.id, change: 'removed', before: statement });
  g.changes.push({ kind: 'edge', id: grant.id, change: 'removed', before: grant });
}

export const AUTHORITY_CASES: readonly RuleCase[] = [
  {
    rule: dormant,
    name: 'an administrator role not used in 400 days',
    verdict: 'finding',
    facts: { last_used: 'never', privileges: ['administration'] },
    build: admin({ last_used_at: null }),
  },
  {
    rule: dormant,
    name: 'used 91 days ago',
    verdict: 'finding',
    facts: { last_used: daysAgo(91).slice(0, 10) },
    build: admin({ last_used_at: daysAgo(91) }),
  },
  { rule: dormant, name: 'used last week', verdict: 'clear', build: admin({ last_used_at: daysAgo(7) }) },
  { rule: dormant, name: 'made last week', verdict: 'clear', build: admin({ last_used_at: null, created_at: daysAgo(7) }) },
  {
    rule: dormant,
    name: 'no privileges',
    verdict: 'clear',
    build: (g) => role(g, 'plain', { last_used_at: null, created_at: daysAgo(800) }),
  },
  {
    rule: dormant,
    name: 'a user that works by key',
    verdict: 'clear',
    build: adminUser({ password_last_used_at: null }, { last_used_at: daysAgo(2), last_used_known: true }),
  },
  {
    rule: dormant,
    name: 'a user with nothing',
    verdict: 'finding',
    build: adminUser({ password_last_used_at: null }, { last_used_at: daysAgo(200), last_used_known: true }),
  },
  {
    rule: dormant,
    name: 'a key whose use could not be read',
    verdict: 'not_evaluated',
    missing: /used/,
    build: adminUser({ password_last_used_at: null }, { last_used_at: null, last_used_known: false }),
  },
  { rule: dormant, name: 'when it was used is not told', verdict: 'not_evaluated', missing: /used/, build: admin({}) },
  {
    rule: dormant,
    name: 'Entra sign-ins are not read',
    verdict: 'not_evaluated',
    missing: /execution evidence of entra/,
    build: (g) => {
      const sp = principal(g);
      directoryRole(g, sp);
      return sp;
    },
  },
  {
    rule: dormant,
    name: 'an undecided escalation',
    verdict: 'not_evaluated',
    missing: /conditions/,
    build: (g) => {
      const r = role(g, 'x', { last_used_at: null });
      allow(g, r, ['iam:PutRolePolicy'], { condition_keys: ['aws:ResourceTag/x'] });
      return r;
    },
  },
  {
    rule: dormant,
    name: 'IAM was read in part',
    verdict: 'not_evaluated',
    missing: /aws:iam/,
    build: (g) => {
      g.cover('aws:iam', 'partial');
      return admin({ last_used_at: null })(g);
    },
  },

  {
    rule: recovery,
    name: 'a break-glass role, unused',
    verdict: 'finding',
    facts: { last_used: 'never' },
    build: admin({ last_used_at: null }, 'BreakGlass-Admin'),
  },
  { rule: recovery, name: 'declared by its purpose', verdict: 'finding', build: admin({ last_used_at: null, purpose: 'recovery' }, 'r42') },
  { rule: recovery, name: 'rehearsed last week', verdict: 'clear', build: admin({ last_used_at: daysAgo(7) }, 'break-glass') },
  {
    rule: recovery,
    name: 'disabled until it is needed',
    verdict: 'clear',
    build: admin({ last_used_at: null, enabled: false }, 'break-glass'),
  },
  { rule: recovery, name: 'without privileges', verdict: 'clear', build: (g) => role(g, 'break-glass', { last_used_at: null }) },
  { rule: recovery, name: 'any other administrator', verdict: 'nothing', build: admin({ last_used_at: null }, 'glassbreaker-reports') },
  {
    rule: recovery,
    name: 'an Entra account whose sign-ins are not read',
    verdict: 'not_evaluated',
    missing: /execution evidence/,
    build: (g) => {
      const account = g.entity('owner', 'user', 'emergency-access-1', { enabled: true }, { system: 'entra', category: 'users' });
      directoryRole(g, account);
      return account;
    },
  },

  {
    rule: expanded,
    name: 'a new grant',
    verdict: 'finding',
    facts: { gained_count: 1 },
    build: drift((g, { grant }) => g.changes.push({ kind: 'edge', id: grant.id, change: 'created' })),
  },
  {
    rule: expanded,
    name: 'a permission that changed',
    verdict: 'finding',
    build: drift((g, { permission }) => g.changes.push({ kind: 'entity', id: permission.id, change: 'updated' })),
  },
  { rule: expanded, name: 'nothing changed', verdict: 'clear', build: drift(() => undefined) },
  {
    rule: expanded,
    name: 'the identity is new altogether',
    verdict: 'clear',
    build: drift((g, { subject, grant }) =>
      g.changes.push({ kind: 'entity', id: subject.id, change: 'created' }, { kind: 'edge', id: grant.id, change: 'created' }),
    ),
  },
  {
    rule: expanded,
    name: 'a new deny takes away',
    verdict: 'clear',
    build: drift((g, { subject }) => {
      const no = g.entity('permission', 'iam_statement', 'no', { effect: 'Deny', actions: ['*'], resources: ['*'], condition_keys: [] });
      g.changes.push({ kind: 'edge', id: g.edge(subject, 'GRANTS', no).id, change: 'created' });
    }),
  },
  {
    rule: expanded,
    name: "a policy's new version that says the same",
    verdict: 'clear',
    build: drift((g, { grant, permission }) => {
      const old: Entity = { ...permission, id: 'old-statement' };
      g.changes.push({ kind: 'edge', id: grant.id, change: 'created' });
      g.changes.push({ kind: 'entity', id: old.id, change: 'removed', before: old });
      g.changes.push({ kind: 'edge', id: 'old-grant', change: 'removed', before: { ...grant, id: 'old-grant', to: old.id } });
    }),
  },
  {
    rule: expanded,
    name: 'a deny that is gone, of what is allowed',
    verdict: 'finding',
    facts: { gained_count: 0, denies_lifted: ['guard'] },
    build: drift((g, { subject, permission }) => void loses(g, subject, { actions: permission.props['actions'] ?? [] })),
  },
  {
    rule: expanded,
    name: 'a deny that is gone, of what nothing allows',
    verdict: 'clear',
    build: drift((g, { subject }) => void loses(g, subject, { actions: ['organizations:LeaveOrganization'] })),
  },
  {
    rule: expanded,
    name: 'a deny that was written anew, or is covered by a wider one',
    verdict: 'clear',
    build: drift((g, { subject, permission }) => {
      loses(g, subject, { actions: permission.props['actions'] ?? [], resources: ['arn:aws:s3:::x/*'] });
      g.edge(subject, 'GRANTS', g.entity('permission', 'iam_statement', 'wider', guard({ actions: ['*'] })));
    }),
  },
  {
    rule: expanded,
    name: 'a deny that became narrower',
    verdict: 'finding',
    build: drift((g, { subject, permission }) => {
      const actions = permission.props['actions'] ?? [];
      loses(g, subject, { actions });
      const narrower = guard({ actions, resources: ['arn:aws:s3:::x/*'] });
      g.edge(subject, 'GRANTS', g.entity('permission', 'iam_statement', 'narrower', narrower));
    }),
  },
  {
    rule: expanded,
    name: 'a group that denied, and was left',
    verdict: 'finding',
    facts: { denies_lifted: ['guard'] },
    build: drift((g, { subject, permission }) => {
      const denying = group(g, 'denying');
      g.edge(denying, 'GRANTS', g.entity('permission', 'iam_statement', 'guard', guard({ actions: permission.props['actions'] ?? [] })));
      const gone: Edge = { ...g.edge(subject, 'MEMBER_OF', denying), id: 'left' };
      g.edges.pop();
      g.changes.push({ kind: 'edge', id: gone.id, change: 'removed', before: gone });
    }),
  },
  {
    rule: expanded,
    name: 'a deny that changed under its name',
    verdict: 'not_evaluated',
    missing: /deny/,
    build: drift((g, { subject }) => {
      const no = g.entity('permission', 'iam_statement', 'no', guard({ actions: ['*'] }));
      g.edge(subject, 'GRANTS', no);
      g.changes.push({ kind: 'entity', id: no.id, change: 'updated' });
    }),
  },
  {
    rule: expanded,
    name: 'there was no earlier complete read',
    verdict: 'not_evaluated',
    missing: /earlier complete read/,
    build: drift((g, { grant }) => g.changes.push({ kind: 'edge', id: grant.id, change: 'created' }), false),
  },
  {
    rule: expanded,
    name: 'IAM was read in part',
    verdict: 'not_evaluated',
    missing: /aws:iam/,
    build: drift((g) => g.cover('aws:iam', 'partial')),
  },
];
