/**
 * Another build of this project, as a deploy would bring it: its chains begin at every other anchor only, and its version says so. Made from
 * `dist/` by two changes of the built code, in a folder of its own that looks like a project.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST, PROJECT } from '../../cli/folders.ts';
import { CHAIN_BUILDER_VERSION } from '../../domain/chains/version.ts';
import { BUILDER_VERSION } from '../../domain/gate/stages.ts';

export interface NextBuild {
  /** What starts its command line. */
  readonly main: string;
  readonly chainVersion: string;
  readonly version: string;
  remove(): Promise<void>;
}

const NEXT_CHAINS = 'chain-builder/next';

export async function makeNextBuild(): Promise<NextBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'sv0-next-'));
  await mkdir(join(folder, 'dist'));
  await cp(join(PROJECT, 'temporal-dev.yaml'), join(folder, 'temporal-dev.yaml'));
  await cp(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await cp(DIST, join(folder, 'dist'), { recursive: true, filter: (name) => !name.endsWith('.map') });
  await change(folder, `"${CHAIN_BUILDER_VERSION}"`, `"${NEXT_CHAINS}"`);
  await change(
    folder,
    'const anchors = anchorsOf(graph, table);',
    'const anchors = anchorsOf(graph, table).filter((_, n) => n % 2 === 0);',
  );
  return {
    main: join(folder, 'dist', 'cli', 'sv0.mjs'),
    chainVersion: NEXT_CHAINS,
    version: BUILDER_VERSION.replace(CHAIN_BUILDER_VERSION, NEXT_CHAINS),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** At exactly one place of the built command line and its thread. */
async function change(folder: string, from: string, to: string): Promise<void> {
  const room = join(folder, 'dist', 'cli');
  let places = 0;
  for (const name of (await readdir(room)).filter((each) => each.endsWith('.mjs'))) {
    const parts = (await readFile(join(room, name), 'utf8')).split(from);
    if (parts.length === 1) continue;
    places += parts.length - 1;
    await writeFile(join(room, name), parts.join(to));
  }
  if (places !== 1) throw new Error(`${from} is at ${places} places of the build`);
}
