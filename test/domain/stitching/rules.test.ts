import { describe, expect, it } from 'vitest';
import { buildChains } from '../../../domain/chains/build.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { canonicalJson } from '../../../domain/canonical.ts';
import type { EntityType, Props } from '../../../domain/graph/types.ts';
import { stitchPaths } from '../../../domain/stitching/build.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { JOIN_RULES } from '../../../domain/stitching/rules/index.ts';
import { LEFT_KEYS, RIGHT_KEYS } from '../../../domain/stitching/sides.ts';
import type { StitchBuild } from '../../../domain/stitching/types.ts';
import { graphBuilder, type GraphBuilder, key, trust } from '../fixtures/tenant-graph.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const NAME_FORM = 'repo:o/n:ref:refs/heads/main';
const ID_FORM = 'repo:o@1/n@2:ref:refs/heads/main';

/** `rule left>right` of every join that a path has, and every unresolved join as `rule reason side`. */
function stitch(
  make: (builder: GraphBuilder) => void,
): StitchBuild & { readonly said: readonly string[]; readonly unsaid: readonly string[] } {
  const builder = graphBuilder();
  make(builder);
  const graph = indexGraph(builder.build());
  const built = stitchPaths(graph, buildChains(graph).chains);
  const name = (id: string): string => graph.entity(id)?.native_id ?? '?';
  const joins = built.paths.flatMap((path) =>
    path.joins.map((join) => `${join.rule} ${name(join.left.entity)}>${name(join.right.entity)}`),
  );
  return {
    ...built,
    said: [...new Set(joins)].sort(),
    unsaid: built.unresolved
      .map((one) => `${one.rule} ${one.reason} ${name(one.side.entity)} ${one.candidates.map(name).sort().join(',')}`)
      .sort(),
  };
}

const left = (builder: GraphBuilder, source: string, type: EntityType, k: string, v: string, id = 'left'): string =>
  builder.entity(source, type, id, { keys: [key(k, v)] });
const right = (
  builder: GraphBuilder,
  source: string,
  type: EntityType,
  k: string,
  v: string,
  id = 'right',
  tenant = `${source}-1`,
): string => builder.entity(source, type, id, { keys: [key(k, v)], tenant });

/** A workflow that can get a token with these subjects. */
function requesting(builder: GraphBuilder, ...subjects: readonly string[]): void {
  const workflow = builder.entity('github', 'workload', 'workflow');
  for (const [n, subject] of subjects.entries()) {
    builder.edge(
      workflow,
      'CAN_REQUEST_OIDC',
      left(builder, 'github', 'identity', JOIN_KEYS.oidcSubject, `${ISSUER}|${subject}`, `subject-${n}`),
    );
  }
}

describe('the join rules', () => {
  it('DATA-07: are seven, each with a left and a right key of its own side, which are the keys that open ends name', () => {
    expect(JOIN_RULES.map((rule) => rule.number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(JOIN_RULES.map((rule) => rule.id)).size).toBe(7);
    expect(new Set(JOIN_RULES.map((rule) => rule.left))).toEqual(LEFT_KEYS);
    expect(new Set(JOIN_RULES.map((rule) => rule.right))).toEqual(RIGHT_KEYS);
    expect(new Set([...LEFT_KEYS, ...RIGHT_KEYS])).toEqual(new Set(Object.values(JOIN_KEYS)));
  });

  describe('1, entra_app', () => {
    const profile = (builder: GraphBuilder, value = 't|app'): string =>
      left(builder, 'servicenow', 'credential', JOIN_KEYS.usesEntraApp, value);
    const principal = (builder: GraphBuilder, id: string): string => right(builder, 'entra', 'identity', JOIN_KEYS.entraApp, 't|app', id);

    it('DATA-07: joins a client id to the application, where tenant and id are the same', () => {
      expect(stitch((b) => [profile(b), principal(b, 'sp')]).said).toEqual(['entra_app left>sp']);
      expect(stitch((b) => [profile(b, 'other|app'), principal(b, 'sp')]).said).toEqual([]);
      expect(stitch((b) => [profile(b, 't|other'), principal(b, 'sp')]).said).toEqual([]);
    });

    it('DATA-07: an application and its service principal are one, entered at the application', () => {
      const built = stitch((b) => {
        profile(b);
        b.edge(principal(b, 'sp'), 'INSTANCE_OF', principal(b, 'app'));
      });
      expect(built.said).toEqual(['entra_app left>app']);
      expect(built.unsaid).toEqual([]);
    });

    it('DATA-07: two unrelated carriers of one id are ambiguous, and nothing is joined', () => {
      const built = stitch((b) => [profile(b), principal(b, 'one'), principal(b, 'two')]);
      expect(built.said).toEqual([]);
      expect(built.unsaid).toEqual(['entra_app ambiguous left one,two']);
    });
  });

  describe('2, role_arn', () => {
    it('DATA-07: joins the exact ARN, also into another account of the same system, never within one', () => {
      const graph = (arn: string, source: string, tenant: string) => (b: GraphBuilder) => [
        left(b, 'aws', 'workload', JOIN_KEYS.usesRoleArn, 'arn:aws:iam::1:role/r'),
        right(b, source, 'role', JOIN_KEYS.roleArn, arn, 'role', tenant),
      ];
      expect(stitch(graph('arn:aws:iam::1:role/r', 'aws', 'account-2')).said).toEqual(['role_arn left>role']);
      expect(stitch(graph('arn:aws:iam::1:role/r', 'aws', 'aws-1')).said).toEqual([]);
      expect(stitch(graph('arn:aws:iam::1:role/R', 'aws', 'account-2')).said).toEqual([]);
    });

    it('DATA-07: two roles with one ARN are ambiguous', () => {
      const built = stitch((b) => [
        left(b, 'github', 'workload', JOIN_KEYS.usesRoleArn, 'arn'),
        right(b, 'aws', 'role', JOIN_KEYS.roleArn, 'arn', 'one', '1'),
        right(b, 'aws', 'role', JOIN_KEYS.roleArn, 'arn', 'two', '2'),
      ]);
      expect([built.said, built.unsaid]).toEqual([[], ['role_arn ambiguous left one,two']]);
    });
  });

  describe('3, github_oidc_to_entra', () => {
    const federated = (b: GraphBuilder, subject: string, id = 'right', issuer = ISSUER): string =>
      right(b, 'entra', 'credential', JOIN_KEYS.entraFederatedCredential, `${issuer}|${subject}|api://AzureADTokenExchange`, id);

    it.each([NAME_FORM, ID_FORM])('DATA-07: joins the exact subject of either form: %s', (subject) => {
      const built = stitch((b) => [requesting(b, NAME_FORM, ID_FORM), federated(b, subject)]);
      expect(built.said).toEqual([`github_oidc_to_entra subject-${subject === NAME_FORM ? 0 : 1}>right`]);
    });

    it('DATA-07: many applications may trust one subject', () => {
      const built = stitch((b) => [requesting(b, NAME_FORM), federated(b, NAME_FORM, 'one'), federated(b, NAME_FORM, 'two')]);
      expect(built.said).toEqual(['github_oidc_to_entra subject-0>one', 'github_oidc_to_entra subject-0>two']);
      expect(built.unsaid).toEqual([]);
    });

    describe('DATA-07: an expression instead of a subject', () => {
      const held = { repository_id: '4711', repository_owner_id: '42' };
      const asked = (
        conditions: readonly (readonly [claim: string, op: 'matches' | 'eq', value: string])[],
        props: Props,
        analysed = true,
      ) =>
        stitch((b) => {
          const k = key(JOIN_KEYS.oidcSubject, `${ISSUER}|${NAME_FORM}`);
          b.edge(
            b.entity('github', 'workload', 'workflow'),
            'CAN_REQUEST_OIDC',
            b.entity('github', 'identity', 'left', { keys: [k], props }),
          );
          const told = conditions.map(([claim, op, value]) => ({ claim, op: op === 'eq' ? 'StringEquals' : 'StringLike', value }));
          const v = canonicalJson({ issuer: ISSUER, conditions: told, analysed });
          right(b, 'entra', 'credential', JOIN_KEYS.entraFederatedCredential, v);
        });
      const joined = [['github_oidc_to_entra left>right'], []];
      const unclear = [[], ['github_oidc_to_entra undecidable right left']];

      it.each([
        ['a pattern on the subject', [['sub', 'matches', 'repo:o/*:ref:*']], {}, joined],
        ['the subject itself', [['sub', 'eq', NAME_FORM]], {}, joined],
        ['a wildcard is a plain character of eq', [['sub', 'eq', 'repo:o/*']], {}, [[], []]],
        ['another repository', [['sub', 'matches', 'repo:o/m:*']], {}, [[], []]],
        [
          'the id of the repository',
          [
            ['sub', 'matches', 'repo:o/*'],
            ['repository_id', 'eq', '4711'],
          ],
          held,
          joined,
        ],
        [
          'the id of another repository',
          [
            ['sub', 'matches', 'repo:o/*'],
            ['repository_id', 'eq', '4712'],
          ],
          held,
          [[], []],
        ],
        [
          'an id that the subject does not tell',
          [
            ['sub', 'matches', 'repo:o/*'],
            ['repository_id', 'eq', '4711'],
          ],
          {},
          unclear,
        ],
        [
          'a claim that nobody told',
          [
            ['sub', 'matches', 'repo:o/*'],
            ['job_workflow_ref', 'matches', 'o/*'],
          ],
          held,
          unclear,
        ],
        ['no condition on the subject', [['repository_owner_id', 'eq', '42']], held, joined],
      ] as const)('%s', (_, conditions, props, expected) => {
        const built = asked(conditions, props);
        expect([built.said, built.unsaid]).toEqual(expected);
      });

      it('one that nobody understood is unresolved for whoever has this issuer, never left out', () => {
        const built = asked([], held, false);
        expect([built.said, built.unsaid]).toEqual(unclear);
      });
    });

    it('DATA-07: a subject with an open branch joins the branch that is trusted, and no other issuer or repository', () => {
      const open = 'repo:o/n:ref:refs/heads/*';
      expect(stitch((b) => [requesting(b, open), federated(b, NAME_FORM)]).said).toHaveLength(1);
      expect(stitch((b) => [requesting(b, open), federated(b, 'repo:o/n:environment:prod')]).said).toEqual([]);
      expect(stitch((b) => [requesting(b, open), federated(b, NAME_FORM.replace('/n', '/m'))]).said).toEqual([]);
      expect(stitch((b) => [requesting(b, open), federated(b, NAME_FORM, 'right', 'ghes.example')]).said).toEqual([]);
    });

    it('DATA-07: a subject that no workflow can request joins nothing', () => {
      const built = stitch((b) => [
        left(b, 'github', 'identity', JOIN_KEYS.oidcSubject, `${ISSUER}|${NAME_FORM}`),
        federated(b, NAME_FORM),
      ]);
      expect(built.said).toEqual([]);
    });

    it('DATA-07: two audiences of one credential are one join', () => {
      const built = stitch((b) => {
        requesting(b, NAME_FORM);
        const value = (audience: string) => key(JOIN_KEYS.entraFederatedCredential, `${ISSUER}|${NAME_FORM}|${audience}`);
        b.entity('entra', 'credential', 'two', { keys: [value('api://b'), value('api://a')] });
      });
      expect(built.paths).toHaveLength(1);
      expect(built.paths[0]?.joins[0]?.right.value).toBe(`${ISSUER}|${NAME_FORM}|api://a`);
    });

    it('DATA-07: a credential key of another form is unresolved', () => {
      const built = stitch((b) => [requesting(b, NAME_FORM), right(b, 'entra', 'credential', JOIN_KEYS.entraFederatedCredential, 'a|b')]);
      expect(built.unsaid).toEqual(['github_oidc_to_entra undecidable right ']);
    });
  });

  describe('4, github_oidc_to_aws', () => {
    const trusting = (b: GraphBuilder, value: string, id = 'right'): string => right(b, 'aws', 'identity', JOIN_KEYS.oidcTrust, value, id);
    const pair = (subject: string, value: string) => stitch((b) => [requesting(b, subject), trusting(b, value)]);

    it.each([
      [NAME_FORM, NAME_FORM, true],
      [NAME_FORM, 'repo:o/*', true],
      [NAME_FORM, 'repo:*:ref:refs/heads/main', true],
      ['repo:o/n:ref:refs/heads/*', 'repo:o/n:ref:refs/heads/release/*', true],
      [ID_FORM, 'repo:o@1/n@2:*', true],
      [ID_FORM, 'repo:o/n:*', false],
      [NAME_FORM, 'repo:o@1/n@2:*', false],
      [NAME_FORM, 'repo:other/*', false],
      ['repo:o/n:ref:refs/heads/*', 'repo:o/n:environment:*', false],
    ])('DATA-07: %s against %s: %s', (subject, pattern, expected) => {
      expect(pair(subject, trust(ISSUER, [pattern])).said).toEqual(expected ? ['github_oidc_to_aws subject-0>right'] : []);
    });

    it('DATA-07: an undecided condition is one unresolved record for the trust, whoever asks', () => {
      const built = stitch((b) => {
        const workflow = b.entity('github', 'workload', 'workflow');
        for (let n = 0; n < 120; n += 1) {
          b.edge(workflow, 'CAN_REQUEST_OIDC', left(b, 'github', 'identity', JOIN_KEYS.oidcSubject, `${ISSUER}|repo:o/r${n}:x`, `s${n}`));
        }
        trusting(b, trust(ISSUER, ['repo:o/*'], { other_conditions: true }));
      });
      expect(built.paths).toEqual([]);
      expect(built.unresolved).toHaveLength(1);
      expect(built.unresolved[0]).toMatchObject({ rule: 'github_oidc_to_aws', reason: 'undecidable', candidate_count: 120 });
      expect(built.unresolved[0]?.candidates).toHaveLength(100);
    });

    it('DATA-07: an undecided condition on another repository is decided: no', () => {
      const built = pair(NAME_FORM, trust(ISSUER, ['repo:other/*'], { other_conditions: true }));
      expect([built.said, built.unsaid]).toEqual([[], []]);
    });

    it('DATA-07: a trust without a subject, or of another issuer, joins nothing and is no unresolved join', () => {
      for (const value of [trust(ISSUER, []), trust('ghes.example', ['*'])]) {
        const built = pair(NAME_FORM, value);
        expect([built.said, built.unsaid]).toEqual([[], []]);
      }
    });

    it('DATA-07: a trust that cannot be read is unresolved, once', () => {
      expect(pair(NAME_FORM, 'not a trust').unsaid).toEqual(['github_oidc_to_aws undecidable right ']);
    });

    it('DATA-07: a subject that no workflow can request joins nothing', () => {
      const built = stitch((b) => [
        left(b, 'github', 'identity', JOIN_KEYS.oidcSubject, `${ISSUER}|${NAME_FORM}`),
        trusting(b, trust(ISSUER, ['repo:o/*'])),
      ]);
      expect([built.said, built.unsaid]).toEqual([[], []]);
    });

    it('DATA-07: a plain open end is not worth a record', () => {
      expect(stitch((b) => requesting(b, NAME_FORM)).unresolved).toEqual([]);
    });
  });

  describe('5, entra_principal_to_aws', () => {
    const pair = (issuer: string, subjects: readonly string[]) =>
      stitch((b) => [
        left(b, 'entra', 'identity', JOIN_KEYS.entraPrincipal, 'tenant-1|object-1'),
        right(b, 'aws', 'identity', JOIN_KEYS.oidcTrust, trust(issuer, subjects)),
      ]);

    it('DATA-07: the subject is the object id, the issuer the tenant, with or without its slash', () => {
      expect(pair('sts.windows.net/tenant-1/', ['object-1']).said).toEqual(['entra_principal_to_aws left>right']);
      expect(pair('sts.windows.net/tenant-1', ['object-1']).said).toHaveLength(1);
      expect(pair('sts.windows.net/tenant-2/', ['object-1']).said).toEqual([]);
      expect(pair('sts.windows.net/tenant-1/', ['object-2']).said).toEqual([]);
      expect(pair('sts.windows.net/tenant-1/', ['object-*']).said).toHaveLength(1);
    });

    it.each([
      'login.microsoftonline.com/tenant-1/v2.0',
      'login.microsoftonline.us/tenant-1/v2.0',
      'login.partner.microsoftonline.cn/tenant-1/v2.0/',
      'sts.chinacloudapi.cn/tenant-1/',
      'tenant-1.ciamlogin.com/tenant-1/v2.0',
    ])('DATA-07: the issuer of the other token version, or of a national cloud, is the same directory: %s', (issuer) => {
      expect(pair(issuer, ['object-1']).said).toEqual(['entra_principal_to_aws left>right']);
      expect(pair(issuer.replaceAll('tenant-1', 'tenant-2'), ['object-1']).said).toEqual([]);
    });

    it('DATA-07: roles that name either issuer are both joined', () => {
      const built = stitch((b) => [
        left(b, 'entra', 'identity', JOIN_KEYS.entraPrincipal, 'tenant-1|object-1'),
        right(b, 'aws', 'identity', JOIN_KEYS.oidcTrust, trust('sts.windows.net/tenant-1/', ['object-1']), 'v1'),
        right(b, 'aws', 'identity', JOIN_KEYS.oidcTrust, trust('login.microsoftonline.com/tenant-1/v2.0', ['object-1']), 'v2'),
      ]);
      expect(built.said).toEqual(['entra_principal_to_aws left>v1', 'entra_principal_to_aws left>v2']);
    });

    it('DATA-07: an audience alone names the API, not the caller', () => {
      const built = pair('sts.windows.net/tenant-1/', []);
      expect([built.said, built.unsaid]).toEqual([[], []]);
    });
  });

  describe('6, github_app', () => {
    it('DATA-07: the key of an App signs for all its installations, on that host', () => {
      const built = stitch((b) => [
        left(b, 'servicenow', 'credential', JOIN_KEYS.usesGithubApp, 'api.github.com|7'),
        right(b, 'github', 'identity', JOIN_KEYS.githubApp, 'api.github.com|7', 'org-1', 'org-1'),
        right(b, 'github', 'identity', JOIN_KEYS.githubApp, 'api.github.com|7', 'org-2', 'org-2'),
        right(b, 'github', 'identity', JOIN_KEYS.githubApp, 'ghes.example|7', 'elsewhere'),
        right(b, 'github', 'identity', JOIN_KEYS.githubApp, 'api.github.com|77', 'other'),
      ]);
      expect(built.said).toEqual(['github_app left>org-1', 'github_app left>org-2']);
      expect(built.unsaid).toEqual([]);
    });
  });

  describe('7, github_dispatch', () => {
    const dispatching = (app: string | null, installedApp: string | null, file = 'sync.yml') =>
      stitch((b) => {
        left(b, 'servicenow', 'connection', JOIN_KEYS.dispatchesGithubWorkflow, `api.github.com|o/n|${file}|${app ?? ''}`);
        const workflow = right(b, 'github', 'workload', JOIN_KEYS.githubDispatch, 'api.github.com|o/n|sync.yml', 'workflow');
        const installation = b.entity('github', 'identity', 'installation', {
          keys: installedApp === null ? [] : [key(JOIN_KEYS.githubApp, `api.github.com|${installedApp}`)],
        });
        b.edge(installation, 'CAN_DISPATCH', workflow);
      });

    it('DATA-07: joins the workflow that an installation of the same App may dispatch', () => {
      expect(dispatching('7', '7').said).toEqual(['github_dispatch left>workflow']);
    });

    it('DATA-07: a known workflow that no installation of that App may dispatch is worth a record', () => {
      const built = dispatching('7', '8');
      expect([built.said, built.unsaid]).toEqual([[], ['github_dispatch no_match left workflow']]);
      expect(dispatching('7', null).unsaid).toHaveLength(1);
    });

    it('DATA-07: an unknown workflow or no App is not', () => {
      for (const built of [dispatching('7', '7', 'other.yml'), dispatching(null, '7')])
        expect([built.said, built.unsaid]).toEqual([[], []]);
    });

    it('DATA-07: two workflows with one address are ambiguous', () => {
      const built = stitch((b) => {
        left(b, 'servicenow', 'connection', JOIN_KEYS.dispatchesGithubWorkflow, 'h|o/n|f|7');
        for (const tenant of ['one', 'two']) {
          const workflow = right(b, 'github', 'workload', JOIN_KEYS.githubDispatch, 'h|o/n|f', tenant, tenant);
          b.edge(right(b, 'github', 'identity', JOIN_KEYS.githubApp, 'h|7', `app-${tenant}`, tenant), 'CAN_DISPATCH', workflow);
        }
      });
      expect(built.unsaid).toEqual(['github_dispatch ambiguous left one,two']);
    });
  });
});
