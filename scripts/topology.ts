/** `npm run draw:topology`: the Excalidraw file and the PNG of docs/topology, both of `scripts/topology/description.ts` (OPS-05). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import { SIZE } from './topology/description.ts';
import { excalidrawFile } from './topology/excalidraw.ts';
import { withSource } from './topology/png-source.ts';
import { svgPicture } from './topology/svg.ts';

const file = join(import.meta.dirname, '..', 'docs', 'topology', 'connector-runtime-topology');
const args = [...chromium.args.filter((arg) => arg !== '--single-process'), '--no-sandbox'];
const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args });
try {
  const page = await browser.newPage({ viewport: SIZE });
  await page.setContent(`<body style="margin:0">${svgPicture()}</body>`);
  await writeFile(`${file}.excalidraw`, excalidrawFile());
  await writeFile(`${file}.png`, withSource(await page.screenshot()));
} finally {
  await browser.close();
}
