/** The organizations of the story's two tenants, the same on every start. */
import { CONTOSO, NORTHWIND } from '../story.ts';
import { Builder, type RepositoryDraft } from './build.ts';
import { DEMO_GITHUB_APP } from './options.ts';
import * as texts from './texts.ts';
import type { GithubWorld, WorldApp } from './types.ts';

const READER: WorldApp = { id: DEMO_GITHUB_APP.appId, slug: DEMO_GITHUB_APP.slug, publisher: 'sv0', public: true };

export const githubWorlds = (now: Date): readonly GithubWorld[] => [northwindWorld(now), contosoWorld(now)];

function northwindWorld(now: Date): GithubWorld {
  const { organization, organizationId, deployRepository, syncRepository, appId, installationId } = NORTHWIND.github;
  const make = new Builder(organization, 70010000, now);
  const { customerSync, tenantId } = NORTHWIND.entra;
  const drafts: readonly RepositoryDraft[] = [
    {
      ...deployRepository,
      admins: ['mira-holt', 'sam-okafor'],
      workflows: { [deployRepository.workflow]: texts.releaseText(NORTHWIND.aws.deployRole), 'ci.yml': texts.ciText(1001) },
      environments: {
        [deployRepository.environment]: { reviewers: 2, branches: ['main', 'release/*'], secrets: ['DEPLOY_NOTIFY_TOKEN'] },
        staging: {},
      },
      secrets: ['SLACK_WEBHOOK'],
      deployKeys: { argo: { readOnly: true, ageDays: 40 } },
    },
    {
      ...syncRepository,
      admins: ['sam-okafor'],
      workflows: { [syncRepository.workflow]: texts.syncText({ clientId: customerSync.appId, tenantId }) },
    },
    {
      name: 'robot-firmware',
      visibility: 'public',
      workflows: { 'triage.yml': texts.triageText(), 'ci.yml': texts.ciText(1002) },
      secrets: ['TRIAGE_TOKEN'],
      deployKeys: { 'flash-station': { readOnly: false, ageDays: 900 } },
    },
    {
      name: 'ops-console',
      createdAt: '2026-08-02T09:00:00Z',
      immutableSubject: true,
      workflows: { 'nightly.yml': texts.nightlyText() },
      environments: { nightly: {}, manual: { branches: 'protected' } },
    },
    { name: 'data-lake', claimKeys: ['repo', 'context', 'job_workflow_ref'], workflows: { 'load.yml': texts.lakeText() } },
    { name: 'telemetry', claimKeys: [], workflows: { 'load.yaml': texts.lakeText() } },
    { name: 'platform-actions', visibility: 'internal', workflows: { 'deploy.yml': texts.reusableText() } },
    { name: 'web-store', workflows: { 'deploy.yml': texts.callerText() }, secrets: ['STORE_KEY'] },
    {
      name: 'legacy-build',
      archived: true,
      workflows: { 'ci.yml': texts.ciText(1003) },
      deployKeys: { 'old-jenkins': { readOnly: false, ageDays: 1500 } },
    },
    { name: 'sandbox', workflows: { 'broken.yml': texts.brokenText() } },
    { name: 'handbook', visibility: 'public', workflows: {}, ownWorkflow: 'dynamic/pages/pages-build-deployment' },
    ...make.ordinary(30),
  ];
  const repositories = make.repositories(drafts);
  const id = (name: string): number => repositories.find((one) => one.name === name)?.id ?? 0;
  return {
    organization: { login: organization, id: organizationId },
    repositories,
    claimKeys: ['repository_owner_id', 'repository_id', 'context'],
    secrets: [
      make.secret('NPM_TOKEN', { visibility: 'all' }),
      make.secret('SONAR_TOKEN', { visibility: 'private' }),
      make.secret('SIGNING_KEY', { visibility: 'selected', repositories: [id('web-store'), id('robot-firmware')] }),
    ],
    installations: [
      make.installation(
        installationId,
        { id: appId, slug: 'servicenow-dispatch', publisher: organization, public: false },
        { actions: 'write', contents: 'read', metadata: 'read' },
      ),
      make.installation(
        5550002,
        { id: 31337, slug: 'code-gardener', publisher: 'gardener-labs', public: true },
        {
          administration: 'write',
          contents: 'write',
          metadata: 'read',
          secrets: 'write',
          workflows: 'write',
        },
      ),
      make.installation(
        5550003,
        { id: 32001, slug: 'ci-insights', publisher: 'insight-works', public: true },
        { actions: 'read', metadata: 'read' },
        { selection: [id('deploy-infra')] },
      ),
      make.installation(
        5550004,
        { id: 32002, slug: 'old-linter', publisher: 'lint-lab', public: true },
        { actions: 'write', contents: 'write', metadata: 'read' },
        { suspended: true },
      ),
      make.installation(DEMO_GITHUB_APP.installations[organization] ?? 0, READER, DEMO_GITHUB_APP.permissions),
    ],
  };
}

function contosoWorld(now: Date): GithubWorld {
  const { organization, organizationId, ledgerRepository } = CONTOSO.github;
  const make = new Builder(organization, 70020000, now);
  const repositories = make.repositories([
    {
      ...ledgerRepository,
      admins: ['ines-weber'],
      workflows: { [ledgerRepository.workflow]: texts.ledgerText(CONTOSO.aws.ciRole) },
      secrets: ['LEDGER_SIGNING_KEY'],
      deployKeys: { 'mainframe-bridge': { readOnly: false, ageDays: 700 } },
    },
    {
      name: 'payments-api',
      createdAt: '2026-07-20T12:00:00Z',
      immutableSubject: true,
      workflows: { 'build.yml': texts.ledgerText(CONTOSO.aws.ciRole) },
    },
    { name: 'open-banking', visibility: 'public', workflows: { 'triage.yml': texts.triageText() }, secrets: ['TRIAGE_TOKEN'] },
    ...make.ordinary(30),
  ]);
  return {
    organization: { login: organization, id: organizationId },
    repositories,
    claimKeys: ['repo', 'context'],
    secrets: [make.secret('NPM_TOKEN', { visibility: 'private' })],
    installations: [
      make.installation(
        5560001,
        { id: 33001, slug: 'ship-it-bot', publisher: 'ship-it', public: true },
        { actions: 'write', administration: 'write', contents: 'write', metadata: 'read' },
      ),
      make.installation(DEMO_GITHUB_APP.installations[organization] ?? 0, READER, DEMO_GITHUB_APP.permissions),
    ],
  };
}
