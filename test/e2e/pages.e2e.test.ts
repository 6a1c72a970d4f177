/** The pages in a real browser, over a real server and a real database: no error, no report, nothing that axe objects to; screenshots to look at. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { mkdir, readFile } from 'node:fs/promises';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium as playwright, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import type { RetryRun } from '../../api/ports.ts';
import { type RunningServer, startServer } from '../../api/server.ts';
import { awsManifest } from '../../connectors/aws/manifest.ts';
import { entraManifest } from '../../connectors/entra/manifest.ts';
import { githubManifest } from '../../connectors/github/manifest.ts';
import { servicenowManifest } from '../../connectors/servicenow/manifest.ts';
import { type ScopeId, scopeId } from '../../domain/ids.ts';
import { nextTimes, scheduleInWords } from '../../domain/tenancy/schedule.ts';
import type { ScopeSchedule } from '../../domain/tenancy/types.ts';
import { createEvidenceRepository } from '../../storage/mongo/evidence.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createViews } from '../../storage/views/index.ts';
import { administrationUnderTest } from '../support/administration.ts';
import { SUPER_ADMIN } from '../support/callers.ts';
import { withDatabase } from '../support/mongo.ts';
import { NOW } from '../ui/records.ts';
import { RULE_TEXT, seed, SHOWN } from './seed.ts';

const administration = administrationUnderTest([]);
const timesOf = (schedule: ScopeSchedule | null, scope: ScopeId) => (schedule === null ? [] : nextTimes(schedule, scope, NOW, 5));
/** Words and times as they really are: these pages are looked at. */
const preview = (schedule: ScopeSchedule, scope: ScopeId | null) => ({
  words: scheduleInWords(schedule),
  next: timesOf(schedule, scope ?? scopeId('preview')),
});
const SHOTS = join(import.meta.dirname, '..', '..', '.sv0', 'screenshots');
const database = withDatabase();
const retries: RetryRun[] = [];
const logged: object[] = [];
let server: RunningServer;
let browser: Browser;
let axe: string;

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
    measures: { recentRuns: async () => ({ by_status: { failed: 2 }, stages: [{ stage: '__sync', p50: 1, p95: 2.5 }] }) },
    health: { check: async () => [] },
    audit: { record: async () => {} },
    callers: SUPER_ADMIN,
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
    runLogs: { tail: async () => ['06:20:01 read 180 roles', '06:20:27 list functions: refused', '06:20:38 read 31 buckets'] },
  });
  server = await startServer({ app, host: '127.0.0.1', port: 0, issuerConfigured: false });
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    // One process for all would end with the first context that is closed.
    args: [
      ...chromium.args.filter((arg) => arg !== '--single-process'),
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  await mkdir(SHOTS, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

interface Watched {
  readonly page: Page;
  /** Console errors and warnings, failed requests, uncaught errors, and reports of the content security policy. */
  readonly complaints: string[];
}

async function open(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) complaints.push(`elsewhere: ${request.url()}`);
  });
  await page.addInitScript(
    "globalThis.policyReports = []; addEventListener('securitypolicyviolation', (event) => policyReports.push(event.violatedDirective + ' ' + event.blockedURI));",
  );
  return { page, complaints };
}

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

/** Pictures of the README: what a person sees first. `npm run screenshots` takes them into docs/screenshots. */
const README: ReadonlySet<string> = new Set(['run', 'path', 'scope']);

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 780 } } as const;
/** A page is loaded once and shown both ways: every width and every colour is looked at, and axe sees each once. */
const VARIANTS = [
  { size: 'desktop', scheme: 'light' },
  { size: 'phone', scheme: 'dark' },
] as const;

describe('every page', () => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await browser.newContext();
  });
  afterAll(() => context.close());

  it.each(Object.entries(PAGES))(
    'UI-01 UI-02 UI-03 UI-04: %s is read without a complaint, fits its width and passes axe',
    async (name, address) => {
      const { page, complaints } = await open(context);
      await page.setViewportSize(SIZES.desktop);
      await page.goto(server.url + address, { waitUntil: 'load' });
      if (README.has(name)) await page.screenshot({ path: join(SHOTS, `readme-${name}.png`) });
      await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      await page.evaluate(axe);
      for (const { size, scheme } of VARIANTS) {
        await page.setViewportSize(SIZES[size]);
        await page.emulateMedia({ colorScheme: scheme });
        await page.screenshot({ path: join(SHOTS, `${name}-${size}-${scheme}.png`), fullPage: true });
        expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBeLessThanOrEqual(0);
        const violations = await page.evaluate(
          "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200) + ' ' + nodes[0].failureSummary))",
        );
        expect([size, violations]).toEqual([size, []]);
      }
      expect(await page.evaluate('policyReports')).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

describe('by keyboard and without a script', () => {
  it('UI-01 UI-02: filter, open a run, run it again', async () => {
    const context = await browser.newContext({ viewport: SIZES.desktop, javaScriptEnabled: false });
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
    const context = await browser.newContext({ viewport: SIZES.desktop, acceptDownloads: true });
    const { page } = await open(context);
    await page.goto(server.url + PAGES.finding);
    await page.click('svg.picture a >> nth=0');
    expect(new URL(page.url()).hash).toMatch(/^#row-[0-9a-f]{64}$/);
    expect(await page.locator('.rows > li:target').count()).toBe(1);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download the pack')]);
    expect(download.suggestedFilename()).toMatch(/^evidence-[0-9a-f]{16}\.json$/);
    await context.close();
  });

  it('nothing hostile runs: no dialog, no element made of a name', async () => {
    const context = await browser.newContext({ viewport: SIZES.desktop });
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
