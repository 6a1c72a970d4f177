/**
 * Builds what cannot run from source into `dist/`: the command line, the thread entry, one executable per connector (a single
 * file, so that a child starts fast and a sandbox needs to show it little), and the workflow bundle. Skips what is up to date.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
/** Built beside and moved into place: nobody ever sees half a build. */
const NEXT = join(ROOT, `dist.next-${process.pid}`);
const ROOMS = ['activities', 'api', 'broker', 'cli', 'connectors', 'domain', 'emulators', 'storage', 'ui', 'workflows', 'scripts'];
/** CommonJS dependencies call `require`, which an ES module does not have. */
const REQUIRE = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

async function main(): Promise<void> {
  const sources = ROOMS.flatMap(filesOf).sort();
  const stamp = digestOf([...sources, join(ROOT, 'package-lock.json'), join(ROOT, 'tsconfig.json')]);
  const stampFile = join(DIST, '.stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  process.stderr.write('building dist/ …\n');
  await mkdir(join(NEXT, 'workflows'), { recursive: true });
  await Promise.all([buildCli(), buildConnectors(), buildWorkflows()]);
  await writeFile(join(NEXT, '.stamp'), stamp);
  await rm(DIST, { recursive: true, force: true });
  await rename(NEXT, DIST);
}

const COMMON = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  jsx: 'automatic',
  jsxImportSource: 'hono/jsx',
} as const;

async function buildCli(): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: { sv0: 'cli/main.ts', 'derive-thread': 'cli/compose/derive-thread.ts' },
    outdir: join(NEXT, 'cli'),
    outExtension: { '.js': '.mjs' },
    splitting: true,
    packages: 'external',
    absWorkingDir: ROOT,
  });
}

async function buildConnectors(): Promise<void> {
  const kinds = readdirSync(join(ROOT, 'connectors')).filter((kind) => existsSync(join(ROOT, 'connectors', kind, 'main.ts')));
  await build({
    ...COMMON,
    entryPoints: Object.fromEntries(kinds.map((kind) => [kind, `connectors/${kind}/main.ts`])),
    outdir: join(NEXT, 'connectors'),
    outExtension: { '.js': '.mjs' },
    banner: { js: REQUIRE },
    minifySyntax: true,
    absWorkingDir: ROOT,
  });
}

async function buildWorkflows(): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath: join(ROOT, 'workflows', 'index.ts'), logger: new DefaultLogger('WARN') });
  await writeFile(join(NEXT, 'workflows', 'bundle.js'), code);
}

function filesOf(room: string): readonly string[] {
  return readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

await main();
