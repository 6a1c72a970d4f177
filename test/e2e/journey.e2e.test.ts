/**
 * The operator's journey in a real browser: no command line, the real pipeline, an emulated source. Whatever the browser complains about
 * fails it: errors of scripts and of the console, refused requests, reports of the content security policy, and what axe finds.
 */
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evidenceKeyId } from '../../cli/compose/evidence-key-id.ts';
import { verifyPackFile } from '../../domain/evidence/file.ts';
import { DEMO_GITHUB_TOKENS } from '../../emulators/github/options.ts';
import { startGithubEmulator } from '../../emulators/github/server.ts';
import { CONTOSO } from '../../emulators/story.ts';
import { scanScheduleId } from '../../workflows/messages.ts';
import { DESKTOP, launchBrowser, objections, PHONE, watchedPage } from '../support/browser.ts';
import { openApi, type TestApi } from '../support/cli.ts';
import { openPipeline, PROBE_TOKEN, type TestPipeline } from '../support/pipeline.ts';

const { organization } = CONTOSO.github;
let pipeline: TestPipeline;
let api: TestApi;
let emulator: Awaited<ReturnType<typeof startGithubEmulator>>;
let browser: Browser;
let link: string;

beforeAll(async () => {
  pipeline = await openPipeline();
  emulator = await startGithubEmulator({ now: new Date('2026-11-01T00:00:00.000Z') });
  api = await openApi(pipeline);
  link = api.link();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await pipeline?.client.schedule
    .getHandle(scanScheduleId('journey-github-all' as never))
    .delete()
    .catch(() => undefined);
  await api?.close();
  await emulator?.close();
  await pipeline?.close();
});

it('UI-01 UI-02 UI-03 UI-04 UI-05 OPS-06 CRED-21: sign in, onboard, scan, finding, path, pack, pause, re-run, cancel; without a complaint', async () => {
  const context = await browser.newContext({ viewport: DESKTOP, acceptDownloads: true });
  const { page, complaints } = await watchedPage(context, api.url);
  const look = async () => expect(await objections(page)).toEqual([]);

  // Who is not signed in is led to the sign-in.
  await page.goto(`${api.url}/operations/runs`);
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  await page.goto(api.url + link);
  await page.waitForSelector('h1:has-text("No scope is set up yet")');
  await look();

  await page.click('text=Tenants');
  await page.click('text=New tenant');
  await page.fill('[name=name]', 'Journey & Sons');
  await page.fill('[name=id]', 'journey');
  await page.fill('[name=slug]', 'journey');
  await page.click('button:has-text("Make the tenant")');
  // Refused at the field, and what was typed is still there.
  await page.waitForSelector('#f-slug[aria-invalid=true]');
  expect(await page.inputValue('[name=name]')).toBe('Journey & Sons');
  expect(complaints.splice(0)).toEqual([expect.stringContaining('400'), expect.stringContaining('400')]);
  await page.fill('[name=slug]', 'JOURNEY');
  await page.click('button:has-text("Make the tenant")');
  await page.waitForSelector('h1:has-text("Journey & Sons")');
  await look();

  await page.click('text=make its first instance');
  await page.selectOption('[name=connector]', 'github');
  await page.click('button:has-text("Go on")');
  await page.fill('[name=id]', 'journey-github');
  await page.fill('[name=source_tenant]', organization);
  await page.fill('[name="config.organization"]', organization);
  await page.fill('[name="config.base_url"]', emulator.url);
  await page.check('[name="config.allow_private"]');
  await page.click('button:has-text("Make the instance")');
  await page.waitForSelector('text=Next: its credential, then a scope.');

  // The customer hands the token over himself: another browser, another person.
  await page.click('text=Let the customer enter it by a link…');
  await page.click('button:has-text("Make the link")');
  const [address, code] = await page.locator('.whole').allInnerTexts();
  await handOver(address ?? '', code ?? '', `wrong-${DEMO_GITHUB_TOKENS[organization]}`);
  await page.goto(`${api.url}/operations/instances/journey-github`);
  await page.waitForSelector('text=github_token, version 1');
  await look();

  await page.click('text=New scope');
  await page.fill('[name=cooldown_seconds]', '0');
  await page.fill('[name="schedule.every"]', '12');
  await page.selectOption('[name="schedule.unit"]', 'hours');
  // While one types: the script asks the server.
  await page.waitForSelector('.preview >> text=Every 12 hours');
  expect(await page.locator('.preview .times li').count()).toBe(5);
  await look();
  await page.click('button:has-text("Make the scope")');
  await page.waitForSelector('h1:has-text("Everything in GitHub")');

  // A wrong token: the run fails, and says who acts.
  await page.click('button:has-text("Run now")');
  const failed = await ended(page, 'failed');
  await page.waitForSelector('text=The customer acts');
  await page.goto(`${api.url}/operations/instances/journey-github`);
  await page.click('summary:has-text("Replace it")');
  await page.fill('[name="fields.token"]', DEMO_GITHUB_TOKENS[organization]);
  await page.click('button:has-text("Store it")');
  await page.waitForSelector('text=The credential is stored and sealed');
  await page.goto(failed);
  await page.click('button:has-text("Re-run")');
  // Live: the page of the new run ends by itself, without a reload.
  await ended(page, 'succeeded');
  await page.waitForSelector('text=Retry of');
  await look();

  await page.click('ul.changes a >> nth=0');
  await page.waitForSelector('h2:has-text("Why this is true")');
  await look();
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download the pack')]);
  const file = await readFile(await download.path());
  const pem = pipeline.settings.evidenceKeyPem;
  expect(verifyPackFile(file, new Map([[evidenceKeyId(pem), createPublicKey(pem)]])).problems).toEqual([]);
  await page.click('svg.picture a >> nth=0');
  await page.click('.rows > li:target b a');
  await page.waitForSelector('h2:has-text("From it")');
  await look();

  await page.goto(`${api.url}/operations/scopes/journey-github-all`);
  await page.click('summary:has-text("Pause")');
  await page.fill('[name=note]', 'change freeze');
  await page.click('button:has-text("Pause the schedule")');
  await page.waitForSelector('text=nothing starts by itself until it is resumed');
  await look();

  const slow = await pipeline.probeScope({ tenant: 'journey', params: { sleep_ms: 60_000 } });
  pipeline.environment['SV0_TENANT_JOURNEY_PROBE_PROBE_TOKEN'] = PROBE_TOKEN;
  await page.goto(`${api.url}/operations/scopes/${slow.scope}`);
  await page.click('button:has-text("Run now")');
  await page.click('summary:has-text("Cancel this run…")', { timeout: 60_000 });
  await page.click('button:has-text("Cancel the run")');
  await page.waitForSelector('.facts >> text=cancelled by a person', { timeout: 60_000 });

  await page.click('nav >> text=Audit');
  await page.click('.tenants >> text=Journey');
  await page.click('button:has-text("Verify the chain")');
  await page.waitForSelector('text=intact');
  expect(await page.content()).not.toContain(DEMO_GITHUB_TOKENS[organization]);
  await look();
  await page.click('button:has-text("Sign out")');
  await page.waitForSelector('text=You are signed out');
  expect(complaints).toEqual([]);
  await context.close();
});

/** The address of the run's page, once it says this status. */
async function ended(page: Page, status: string): Promise<string> {
  await page.waitForSelector(`.facts dd .mark:text-is("${status}")`, { timeout: 90_000 });
  return page.url();
}

async function handOver(address: string, code: string, token: string): Promise<void> {
  const customer = await browser.newContext({ viewport: PHONE });
  const page = await customer.newPage();
  await page.goto(address);
  await page.waitForSelector('h1:has-text("Hand over a credential for Journey & Sons")');
  expect(page.url()).not.toContain('#');
  expect(await page.locator('a[href^="/operations"]').count()).toBe(0);
  await page.fill('[name="fields.token"]', token);
  await page.fill('[name=code]', code);
  await page.click('button:has-text("Hand it over")');
  await page.waitForSelector('text=Thank you: it is stored');
  expect(await page.content()).not.toContain(token);
  await customer.close();
}
