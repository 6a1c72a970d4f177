/**
 * `npm run screenshots`: starts the demo as `npm start` does, waits until it is scanned, looks at every kind of page in a real browser at both
 * widths and in both colours, and exits 1 when the browser or axe has anything to say. The README's pictures go to docs/screenshots, all of them to .sv0/screenshots.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { DESKTOP, launchBrowser, type Look, objections, watchedPage } from '../test/support/browser.ts';
import { demoSurroundings } from '../test/support/demo-surroundings.ts';
import { bringServers } from '../test/support/servers.ts';

const PROJECT = join(import.meta.dirname, '..');
const ALL = join(PROJECT, '.sv0', 'screenshots');
const README = join(PROJECT, 'docs', 'screenshots');
const TENANT = 'northwind';
/** The demo's story goes over all of them. */
const SYSTEMS = 4;
const SCANNED = /the demo was scanned/;
const SIGN_IN = /Operator pages\s+(\S+)/;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const servers = await bringServers();
const stateDir = await mkdtemp(join(tmpdir(), 'sv0-pictures-'));
const demo = execa(process.execPath, [join(PROJECT, 'dist', 'cli', 'sv0.mjs'), 'dev'], {
  env: await demoSurroundings(stateDir),
  reject: false,
  buffer: false,
});
const lines = createInterface({ input: demo.stderr })[Symbol.asyncIterator]();
const browser = await launchBrowser();
try {
  // The address signs in for five minutes only: at once, and not when the demo was scanned.
  const link = new URL((await said(SIGN_IN))[1] ?? '');
  const { origin } = link;
  const { page, complaints } = await watchedPage(await browser.newContext({ viewport: DESKTOP }), origin);
  const read = async <T>(path: string): Promise<readonly T[]> =>
    ((await (await page.request.get(`${origin}/api/v1/${path}`)).json()) as { readonly items: readonly T[] }).items;
  await page.goto(link.href);
  await said(SCANNED);

  const paths = await read<{ readonly id: string; readonly systems: readonly string[]; readonly completeness: string }>(
    `stitched-paths?tenant_id=${TENANT}&limit=200`,
  );
  const path = paths.find(({ systems, completeness }) => systems.length === SYSTEMS && completeness === 'complete');
  const [finding] = await read<{ readonly id: string }>(`findings?tenant_id=${TENANT}&severity=critical&limit=1`);
  const scopes = await read<{ readonly id: string; readonly instance_id: string }>(`scan-scopes?tenant_id=${TENANT}`);
  const scope = scopes.find(({ id }) => id.includes('aws'));
  const [run] = await read<{ readonly id: string }>(`scan-runs?tenant_id=${TENANT}&scope_id=${scope?.id ?? ''}&limit=1`);
  const pages = {
    home: '/',
    runs: '/operations/runs',
    run: `/operations/runs/${run?.id}`,
    findings: `/operations/findings?tenant=${TENANT}`,
    finding: `/operations/findings/${TENANT}/${finding?.id}`,
    path: `/operations/paths/${TENANT}/${path?.id}`,
    scopes: '/operations/scopes',
    scope: `/operations/scopes/${scope?.id}`,
    instances: '/operations/instances',
    instance: `/operations/instances/${scope?.instance_id}`,
    tenants: '/operations/tenants',
    tenant: `/operations/tenants/${TENANT}`,
    audit: `/operations/audit?tenant=${TENANT}&verify=yes`,
  } as const;
  await Promise.all([ALL, README].map((folder) => mkdir(folder, { recursive: true })));
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(origin + address);
    if (name === 'run' || name === 'path' || name === 'scope') await page.screenshot({ path: join(README, `${name}.png`) });
    const picture = ({ width, colour }: Look) =>
      page.screenshot({ path: join(ALL, `demo-${name}-${width}-${colour}.png`), fullPage: true });
    complaints.push(...(await objections(page, picture)).map((objection) => `${name}: ${objection}`));
    say(name);
  }
  for (const complaint of complaints) say(complaint);
  say(`${Object.keys(pages).length} pages of the demo, ${complaints.length} complaints`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
  await browser.close();
  demo.kill('SIGINT');
  await demo;
  await rm(stateDir, { recursive: true, force: true });
  await servers.stop();
}
process.exit();

/** The next line of the demo that says this. */
async function said(what: RegExp): Promise<RegExpExecArray> {
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    say(line.value);
    const match = what.exec(line.value);
    if (match !== null) return match;
  }
  throw new Error('the demo ended before it was scanned');
}
