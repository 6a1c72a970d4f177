/** The robotics company of the demo's story: most of what rules look for is somewhere in this account. */
import { GITHUB_OIDC_ISSUER, NORTHWIND } from '../../story.ts';
import { DEMO_AWS_EXTERNAL_IDS, signerOf } from '../keys.ts';
import type { World } from '../types.ts';
import { document, WorldBuilder } from './builder.ts';
import {
  accountTrust,
  addAwsManagedPolicies,
  addScanningPrincipals,
  allow,
  EC2_TRUST,
  LAMBDA_TRUST,
  NAMES,
  readObjects,
  serviceTrust,
} from './common.ts';

const { account, customerBucket } = NORTHWIND.aws;
const { organization, organizationId, deployRepository } = NORTHWIND.github;
const ENTRA_ISSUER = `sts.windows.net/${NORTHWIND.entra.tenantId}/`;
const FIRST = 'us-east-1';
const SECOND = 'eu-west-1';

/** Planted where sources keep secrets. None of them may reach the graph (DATA-09). */
export const NORTHWIND_CANARIES = [
  'CANARY-aws-lambda-environment-9f31c2',
  'CANARY-aws-lambda-database-url-77ab10',
  'CANARY-aws-external-id-5d20e8',
  'CANARY-aws-tag-value-c4417f',
] as const;

export function northwind(now: Date): World {
  const world = new WorldBuilder(account, now);
  addAwsManagedPolicies(world);
  addScanningPrincipals(world, DEMO_AWS_EXTERNAL_IDS[account]);
  addFederation(world);
  addRisks(world);
  addStaff(world);
  addWorkloads(world);
  addBuckets(world);
  return world.build([signerOf(account, `arn:aws:iam::${account}:user/sv0-scanner`)]);
}

/** Join rules 4 and 5: GitHub and Entra into AWS. */
function addFederation(world: WorldBuilder): void {
  const github = world.arn(`oidc-provider/${GITHUB_OIDC_ISSUER}`);
  const entra = world.arn(`oidc-provider/${ENTRA_ISSUER}`);
  // Both forms of GitHub's subject: by name, and by the ids that repositories made since 2026-07-15 send.
  const subjects = [
    `repo:${organization}/${deployRepository.name}:environment:${deployRepository.environment}`,
    `repo:${organization}@${organizationId}/${deployRepository.name}@${deployRepository.id}:environment:${deployRepository.environment}`,
  ];
  const web = (provider: string, condition: object) =>
    document({ Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition });
  world
    .oidcProvider(GITHUB_OIDC_ISSUER, ['sts.amazonaws.com'])
    .oidcProvider(ENTRA_ISSUER, [`api://${NORTHWIND.entra.customerSync.appId}`])
    .samlProvider('northwind-sso')
    .policy(
      'customer-exports-read',
      document(readObjects(customerBucket, 'ReadCustomerExports'), allow('s3:ListBucket', `arn:aws:s3:::${customerBucket}`)),
    )
    .role(
      'github-deploy',
      web(github, { StringEquals: { [`${GITHUB_OIDC_ISSUER}:aud`]: 'sts.amazonaws.com', [`${GITHUB_OIDC_ISSUER}:sub`]: subjects } }),
      { usedDaysAgo: 1, policies: ['customer-exports-read'], tags: { owner: 'platform-engineering', environment: 'production' } },
    )
    .role(
      'entra-customer-reader',
      web(entra, {
        StringEquals: {
          [`${ENTRA_ISSUER}:aud`]: `api://${NORTHWIND.entra.customerSync.appId}`,
          [`${ENTRA_ISSUER}:sub`]: NORTHWIND.entra.customerSync.servicePrincipalId,
        },
      }),
      { usedDaysAgo: 2, policies: ['customer-exports-read'], tags: { environment: 'production' } },
    )
    .role('entra-any-application', web(entra, { StringEquals: { [`${ENTRA_ISSUER}:aud`]: 'api://data-platform' } }), {
      usedDaysAgo: 40,
      inline: { reports: document(readObjects('northwind-reports')) },
    })
    .role(
      'github-no-audience',
      web(github, { StringLike: { [`${GITHUB_OIDC_ISSUER}:sub`]: `repo:${organization}/website:ref:refs/heads/main` } }),
      {
        usedDaysAgo: 12,
        inline: { site: document(allow('s3:PutObject', 'arn:aws:s3:::northwind-website/*')) },
      },
    )
    .role(
      'sso-engineers',
      document({
        Effect: 'Allow',
        Principal: { Federated: world.arn('saml-provider/northwind-sso') },
        Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
        Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
      }),
      { usedDaysAgo: 0, policies: ['aws:AmazonS3ReadOnlyAccess'], tags: { owner: 'platform-engineering' } },
    );
}

function addRisks(world: WorldBuilder): void {
  world
    .policy('workload-boundary', document(allow(['s3:*', 'logs:*', 'sqs:*'], '*')))
    .policy(
      'protect-customer-exports',
      document({ Effect: 'Deny', Action: 's3:*', Resource: [`arn:aws:s3:::${customerBucket}`, `arn:aws:s3:::${customerBucket}/*`] }),
    )
    // Reached administration by an earlier version; the default one is narrow, and only the default counts.
    .policy('build-agent', document(allow('codebuild:*', '*')), [document({ Effect: 'Allow', Action: '*', Resource: '*' })])
    .policy(
      'deploy-pipeline',
      document(allow('iam:PassRole', '*'), allow(['lambda:CreateFunction', 'lambda:InvokeFunction', 'lambda:UpdateFunctionCode'], '*')),
    )
    .user('ops-admin', {
      daysOld: 900,
      policies: ['aws:AdministratorAccess'],
      passwordUsedDaysAgo: 3,
      keys: [
        { daysOld: 700, usedDaysAgo: 1 },
        { daysOld: 150, usedDaysAgo: 30 },
      ],
    })
    .user('break-glass', {
      daysOld: 1200,
      policies: ['aws:AdministratorAccess'],
      keys: [{ daysOld: 1200 }],
      tags: { purpose: 'break-glass', owner: 'security-platform' },
    })
    .user('ci-legacy', {
      daysOld: 800,
      policies: ['deploy-pipeline'],
      keys: [
        { daysOld: 640, usedDaysAgo: 210 },
        { daysOld: 640, inactive: true },
      ],
    })
    .role('pipeline-escalation', serviceTrust('codepipeline.amazonaws.com'), { usedDaysAgo: 5, policies: ['deploy-pipeline'] })
    .role('policy-editor', accountTrust(world.arn('root')), {
      usedDaysAgo: 60,
      inline: { edit: document(allow(['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'], '*')) },
    })
    .role('bounded-admin', EC2_TRUST, { usedDaysAgo: 9, policies: ['aws:AdministratorAccess'], boundary: 'workload-boundary' })
    .role('denied-reader', EC2_TRUST, { usedDaysAgo: 9, policies: ['aws:AmazonS3ReadOnlyAccess', 'protect-customer-exports'] })
    .role('vendor-monitoring', accountTrust('arn:aws:iam::210987654321:root'), { usedDaysAgo: 4, policies: ['aws:AmazonS3ReadOnlyAccess'] })
    .role(
      'vendor-billing',
      accountTrust('arn:aws:iam::320987654321:role/collector', { StringEquals: { 'sts:ExternalId': 'CANARY-aws-external-id-5d20e8' } }),
      {
        usedDaysAgo: 4,
        inline: { billing: document(allow(['ce:Get*', 'cur:Describe*'], '*')) },
      },
    )
    .role(
      'vendor-optional-id',
      accountTrust('430987654321', { StringEqualsIfExists: { 'sts:ExternalId': 'CANARY-aws-external-id-5d20e8' } }),
      { usedDaysAgo: 80 },
    )
    .role('open-to-everyone', accountTrust('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-northwind1' } }), { usedDaysAgo: 300 })
    .role('dormant-admin', accountTrust(world.arn('root')), { daysOld: 800, policies: ['aws:AdministratorAccess'] });
}

function addStaff(world: WorldBuilder): void {
  world
    .group('engineers', {
      policies: ['aws:IAMUserChangePassword'],
      inline: { own: document(allow('s3:GetObject', ['arn:aws:s3:::northwind-home/${aws:username}/*'])) },
    })
    .group('analysts', { policies: ['aws:AmazonS3ReadOnlyAccess'] })
    .group('support', { policies: ['aws:IAMUserChangePassword'] })
    .group('empty');
  for (const [index, name] of NAMES.entries()) {
    const groups = [index % 3 === 0 ? 'analysts' : 'engineers', ...(index % 7 === 0 ? ['support'] : [])];
    const keys = index % 4 === 0 ? [{ daysOld: 20 + index * 3, usedDaysAgo: index }] : [];
    world.user(name, {
      daysOld: 200 + index,
      groups,
      keys,
      ...(index % 2 === 0 ? { passwordUsedDaysAgo: index } : {}),
      tags: { 'cost-center': 'CANARY-aws-tag-value-c4417f' },
    });
  }
}

function addWorkloads(world: WorldBuilder): void {
  const teams = ['orders', 'robots', 'telemetry', 'billing', 'maps', 'fleet', 'parts', 'quality'];
  for (const team of teams) {
    for (const kind of ['api', 'worker', 'export', 'cron', 'stream']) {
      world.role(`${team}-${kind}`, LAMBDA_TRUST, {
        usedDaysAgo: (team.length * 7 + kind.length) % 60,
        policies: ['aws:AWSLambdaBasicExecutionRole'],
        inline: { data: document(readObjects(`northwind-${team}`), allow('sqs:*', `arn:aws:sqs:*:${account}:${team}-*`)) },
        boundary: 'workload-boundary',
        tags: kind === 'cron' ? {} : { owner: `${team}-team`, environment: 'production' },
      });
    }
    world.fn(FIRST, `${team}-api`, { role: `${team}-api`, tags: { owner: `${team}-team` } });
    world.fn(SECOND, `${team}-worker`, { role: `${team}-worker`, source: `arn:aws:sqs:${SECOND}:${account}:${team}-jobs` });
  }
  world
    .fn(FIRST, 'customer-report', {
      role: 'orders-export',
      runtime: 'python3.13',
      environment: {
        API_TOKEN: 'CANARY-aws-lambda-environment-9f31c2',
        DATABASE_URL: 'CANARY-aws-lambda-database-url-77ab10',
        LOG_LEVEL: 'info',
      },
      source: `arn:aws:dynamodb:${FIRST}:${account}:table/customers/stream/2026-01-01T00:00:00.000`,
    })
    .fn(FIRST, 'orders-audit', { role: 'orders-export', tags: { Owner: 'orders-team' } });
}

function addBuckets(world: WorldBuilder): void {
  world
    .bucket(customerBucket, FIRST, { 'data-classification': 'customer', 'cost-center': 'CANARY-aws-tag-value-c4417f' })
    .bucket('northwind-reports', FIRST, { classification: 'Internal', owner: 'analytics' })
    .bucket('northwind-website', FIRST, { sensitivity: 'public' })
    .bucket('northwind-home', SECOND)
    .bucket('northwind-access-logs', SECOND, { owner: 'security-platform' });
  for (const team of ['orders', 'robots', 'telemetry', 'billing', 'maps', 'fleet', 'parts', 'quality']) {
    world.bucket(
      `northwind-${team}`,
      team < 'n' ? SECOND : FIRST,
      team === 'billing' ? { 'data-classification': 'financial', owner: 'billing-team' } : { owner: `${team}-team` },
    );
  }
}
