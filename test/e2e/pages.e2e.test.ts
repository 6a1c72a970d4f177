/** The pages in a real browser, over a real server and a real database: no error, no report, nothing that axe objects to; screenshots to look at. */
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { DEFAULT_LIMITS } from '../../api/deps.ts';
import type { RetryRun } from '../../api/ports.ts';
import { type RunningServer, startServer } from '../../api/server.ts';
import { awsManifest } from '../../connectors/aws/manifest.ts';
import { entraManifest } from '../../connectors/entra/manifest.ts';
import { githubManifest } from '../../connectors/github/manifest.ts';
import { servicenowManifest } from '../../connectors/servicenow/manifest.ts';
import { type ScopeId, scopeId } from '../../domain/ids.ts';
import { nextTimes, scheduleInWords } from '../../domain/tenancy/schedule.ts';
import type { ScopeSchedule } from '../../domain/tenancy/types.ts';
import type { StageAttempt } from '../../domain/views/types.ts';
import { createEvidenceRepository } from '../../storage/mongo/evidence.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createViews } from '../../storage/views/index.ts';
import { administrationUnderTest, type Written } from '../support/administration.ts';
import { DESKTOP, launchBrowser, type Look, objections, type Watched, watchedPage } from '../support/browser.ts';
import { SUPER_ADMIN } from '../support/callers.ts';
import { withDatabase } from '../support/mongo.ts';
import { ago, cellError, NOW } from '../ui/records.ts';
import { RULE_TEXT, seed, SHOWN } from './seed.ts';

const written: Written[] = [];
const administration = administrationUnderTest(written);
const timesOf = (schedule: ScopeSchedule | null, scope: ScopeId) => (schedule === null ? [] : nextTimes(schedule, scope, NOW, 5));
/** Words and times as they really are: these pages are looked at. */
const preview = (schedule: ScopeSchedule, scope: ScopeId | null) => ({
  words: scheduleInWords(schedule),
  next: timesOf(schedule, scope ?? scopeId('preview')),
});
const THROTTLED_TRY: StageAttempt = {
  asked_at: ago(0.4),
  started_at: ago(0.4),
  ended_at: ago(0.3),
  outcome: 'failed',
  why: 'SOURCE_THROTTLED: the source throttles us',
};
const SHOTS = join(import.meta.dirname, '..', '..', '.sv0', 'screenshots');
const database = withDatabase();
const retries: RetryRun[] = [];
const logged: object[] = [];
/** Whether the session is still good. */
let signedIn = true;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  await seed(database.collections);
  const { collections } = database;
  const app = createApp({
    views: createViews({
      collections,
      graph: createGraphRepository(collections),
      evidence: createEvidenceRepository(collections),
      now: () => NOW,
    }),
    ingest: { accept: () => Promise.reject(new Error('not asked here')) },
    measures: { recentRuns: async () => ({ by_status: {}, stages: [] }), recentResolves: async () => [] },
    health: { check: async () => [] },
    audit: { record: async () => {} },
    callers: { callerOf: async (request) => (signedIn ? await SUPER_ADMIN.callerOf(request) : null) },
    rules: {
      get: (id) =>
        id === SHOWN.rule
          ? {
              id,
              version: 1,
              title: '',
              severity: 'critical',
              ...RULE_TEXT,
              frameworks: { 'OWASP-NHI': ['NHI1:2025'] },
              identity_fields: [],
              reads: [],
            }
          : undefined,
    },
    connectors: [awsManifest, githubManifest, entraManifest, servicenowManifest],
    runControl: {
      start: () => Promise.reject(new Error('not asked here')),
      retry: async (request) => {
        retries.push(request);
        return { run_id: SHOWN.running, workflow_id: 'w' };
      },
      cancel: async () => {},
      outcome: async () => ({ status: 'running' }),
    },
    gate: { start: () => Promise.reject(new Error('not asked here')), get: () => Promise.reject(new Error('not asked here')) },
    administration: {
      ...administration,
      scopes: { ...administration.scopes, preview, nextTimes: async (scope) => timesOf(scope.schedule, scope._id) },
    },
    connectionTests: { test: () => Promise.reject(new Error('not asked here')), latest: async () => ({ status: 'never', result: null }) },
    intake: {
      create: () => Promise.reject(new Error('not asked here')),
      list: async () => [],
      revoke: async () => {},
      describe: () => Promise.reject(new Error('not asked here')),
      submit: async () => {},
    },
    temporalUi: { url: 'http://127.0.0.1:8233', namespace: 'default' },
    log: { error: (facts, message) => void logged.push({ message, ...facts }) },
    now: () => NOW,
    version: '0.1.0',
    // Tried again: the server sends the table of attempts open.
    attempts: {
      of: async ({ _id }) => (_id === SHOWN.running ? { connector: [THROTTLED_TRY, { ...THROTTLED_TRY, outcome: 'open' }] } : null),
    },
    limits: { ...DEFAULT_LIMITS, live: { streams: 100, every: 50 } },
    runLogs: { tail: async () => ['06:20:01 read 180 roles', '06:20:27 list functions: refused', '06:20:38 read 31 buckets'] },
  });
  server = await startServer({ app, host: '127.0.0.1', port: 0, issuerConfigured: false });
  browser = await launchBrowser();
  await mkdir(SHOTS, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const open = (context: BrowserContext): Promise<Watched> => watchedPage(context, server.url);

const PAGES = {
  home: '/',
  runs: '/operations/runs',
  'runs-filtered': '/operations/runs?tenant=northwind&status=partial',
  'runs-empty': '/operations/runs?scope=nothing',
  run: `/operations/runs/${SHOWN.run}`,
  'run-running': `/operations/runs/${SHOWN.running}`,
  'findings-tenants': '/operations/findings',
  findings: `/operations/findings?tenant=${SHOWN.tenant}`,
  finding: `/operations/findings/${SHOWN.tenant}/${SHOWN.finding}`,
  path: `/operations/paths/${SHOWN.tenant}/${SHOWN.path}`,
  chain: `/operations/chains/${SHOWN.tenant}/${SHOWN.chain}`,
  entity: `/operations/entities/${SHOWN.tenant}/${SHOWN.entity}`,
  scopes: '/operations/scopes',
  scope: '/operations/scopes/northwind-aws',
  'scope-new': '/operations/new/scope?instance=northwind-aws',
  instances: '/operations/instances',
  instance: '/operations/instances/northwind-aws',
  'instance-new': '/operations/new/instance?tenant=northwind&connector=github',
  tenants: '/operations/tenants',
  tenant: '/operations/tenants/northwind',
  'tenant-new': '/operations/new/tenant',
  audit: '/operations/audit?tenant=northwind&verify=yes',
  intake: '/intake',
} as const;

describe('every page', () => {
  let context: BrowserContext;
  let watched: Watched;
  beforeAll(async () => {
    context = await browser.newContext({ viewport: DESKTOP });
    watched = await open(context);
  });
  afterAll(() => context.close());

  it.each(Object.entries(PAGES))(
    'UI-01 UI-02 UI-03 UI-04: %s is read without a complaint, fits both widths and passes axe in both colours',
    async (name, address) => {
      const { page, complaints } = watched;
      complaints.length = 0;
      await page.goto(server.url + address, { waitUntil: 'load' });
      await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      const pictures = async ({ width, colour }: Look): Promise<unknown> =>
        // Each width and each colour once is enough for eyes.
        (width === 'desktop') === (colour === 'light')
          ? await page.screenshot({ path: join(SHOTS, `${name}-${width}-${colour}.png`), fullPage: true })
          : null;
      expect(await objections(page, pictures)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});

describe('by keyboard and without a script', () => {
  it('UI-01 UI-02: filter, open a run, run it again', async () => {
    const context = await browser.newContext({ viewport: DESKTOP, javaScriptEnabled: false });
    const { page, complaints } = await open(context);
    await page.goto(`${server.url}/operations/runs`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#main');
    await page.selectOption('select[name=status]', 'partial');
    await page.fill('input[name=tenant]', 'northwind');
    await page.press('input[name=tenant]', 'Enter');
    await page.waitForURL(/tenant=northwind/);
    expect(new URL(page.url()).searchParams.get('status')).toBe('partial');
    await page.click('.runs h2 a');
    await page.waitForURL(new RegExp(SHOWN.run));
    await page.click('button:has-text("Re-run")');
    await page.waitForURL(new RegExp(SHOWN.running));
    expect(retries).toEqual([expect.objectContaining({ run_id: SHOWN.run, source: 'ui', user_id: 'local-operator' })]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('a node of the picture leads to its source row, and the pack can be taken away', async () => {
    const context = await browser.newContext({ viewport: DESKTOP, acceptDownloads: true });
    const { page } = await open(context);
    await page.goto(server.url + PAGES.finding);
    await page.click('svg.picture a >> nth=0');
    expect(new URL(page.url()).hash).toMatch(/^#row-[0-9a-f]{64}$/);
    expect(await page.locator('.rows > li:target').count()).toBe(1);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download the pack')]);
    expect(download.suggestedFilename()).toMatch(/^evidence-[0-9a-f]{16}\.json$/);
    await context.close();
  });

  it('UI-05: a session that ended meanwhile: nothing is done, and what was typed can be sent again', async () => {
    const context = await browser.newContext({ viewport: DESKTOP });
    const { page } = await open(context);
    await page.goto(server.url + PAGES['tenant-new']);
    await page.fill('[name=name]', 'Typed & kept');
    await page.fill('[name=id]', 'typed');
    await page.fill('[name=slug]', 'TYPED');
    signedIn = false;
    await page.click('button:has-text("Make the tenant")');
    await page.waitForSelector('text=Your session has ended; nothing was changed.');
    signedIn = true;
    await page.click('button:has-text("Send it again")');
    await page.waitForURL(/operations\/tenants\//);
    expect(written.at(-1)).toMatchObject({
      name: 'tenants.create',
      args: [{ id: 'typed', slug: 'TYPED', name: 'Typed & kept' }, 'local-operator'],
    });
    await context.close();
  });

  it('nothing hostile runs: no dialog, no element made of a name', async () => {
    const context = await browser.newContext({ viewport: DESKTOP });
    const { page } = await open(context);
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    await page.goto(`${server.url}/operations/runs?tenant=hostile`);
    expect(await page.locator('main script, main img').count()).toBe(0);
    expect(await page.locator('text=<script>alert(1)</script>').count()).toBeGreaterThan(0);
    expect(dialogs).toBe(0);
    await context.close();
  });
});

describe('a run that is looked at', () => {
  it('UI-02: its page follows it to its end, whatever the server has opened; what somebody reads waits until he has', async () => {
    const context = await browser.newContext({ viewport: DESKTOP });
    const { page } = await open(context);
    await page.goto(server.url + PAGES['run-running']);
    expect(await page.locator('#live-stages details[open]').count()).toBe(1);
    await page.click('summary:has-text("Cancel this run")');
    const at = NOW.toISOString();
    const __driver__ = {
      status: 'failed',
      items_scanned: 0,
      started_at: at,
      ended_at: at,
      errors: [cellError({ code: 'CONNECTOR_EXITED' })],
    } as const;
    await database.collections.scanRuns.updateOne(
      { _id: SHOWN.running },
      { $set: { status: 'failed', reason: 'connector_failed', ended_at: NOW, 'category_results.__driver__': __driver__ } },
    );
    await page.waitForSelector('#live-head >> text=the connector ended without a result');
    await page.waitForSelector('#live-stages >> text=CONNECTOR_EXITED');
    expect(await page.locator('#live-act >> text=Cancel the run').count()).toBe(1);
    await page.click('summary:has-text("Cancel this run")');
    await page.click('h1');
    await page.waitForSelector('#live-act >> text=Re-run');
    await context.close();
  });
});
