/** A real browser, and what it has to say about a page: whatever it complains of, at every width and in every colour. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium as playwright, type Page } from 'playwright-core';

export const DESKTOP = { width: 1280, height: 900 } as const;
export const PHONE = { width: 360, height: 780 } as const;

/** A page is loaded once and seen in all of them: neither a width nor a colour asks for it again. */
const LOOKS = [
  { width: 'desktop', colour: 'light' },
  { width: 'desktop', colour: 'dark' },
  { width: 'phone', colour: 'dark' },
  { width: 'phone', colour: 'light' },
] as const;
const SIZES = { desktop: DESKTOP, phone: PHONE } as const;
export type Look = (typeof LOOKS)[number];

export async function launchBrowser(): Promise<Browser> {
  return await playwright.launch({
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
}

export interface Watched {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors, refused and failed requests, requests to elsewhere, reports of the content security policy. */
  readonly complaints: string[];
}

export async function watchedPage(context: BrowserContext, origin: string): Promise<Watched> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`elsewhere: ${request.url()}`);
  });
  await page.exposeFunction('reportPolicy', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', (event) => reportPolicy(event.violatedDirective + ' ' + event.blockedURI));",
  );
  return { page, complaints };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Every rule; only what it objects to is written out, and no style sheet is fetched again. */
const ASK_AXE = `axe.run({ resultTypes: ['violations'], preload: false }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200) + ' ' + nodes[0].failureSummary))`;

/** What axe objects to, and where the page is wider than the screen; `seen` is called in each look. */
export async function objections(page: Page, seen?: (look: Look) => Promise<unknown>): Promise<readonly string[]> {
  const found: string[] = [];
  await page.evaluate(AXE);
  for (const look of LOOKS) {
    await page.setViewportSize(SIZES[look.width]);
    await page.emulateMedia({ colorScheme: look.colour });
    const words = `${look.width} ${look.colour}`;
    const over = Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));
    if (over > 0) found.push(`${words}: ${over} pixels too wide`);
    found.push(...(await page.evaluate<string[]>(ASK_AXE)).map((objection) => `${words}: ${objection}`));
    await seen?.(look);
  }
  await page.setViewportSize(DESKTOP);
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
