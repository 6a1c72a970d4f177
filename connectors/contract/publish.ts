/** Writes `docs/schemas/` and the generated part of `docs/connectors.md`: `npx tsx connectors/contract/publish.ts`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtinManifests } from '../registry/builtin.ts';
import { renderConnectorsPage } from '../registry/describe.ts';
import { renderSchemas } from './json-schemas.ts';

const docs = join(import.meta.dirname, '../../docs');

for (const [name, text] of Object.entries(renderSchemas())) await writeFile(join(docs, 'schemas', name), text);
const page = join(docs, 'connectors.md');
await writeFile(page, renderConnectorsPage(await readFile(page, 'utf8'), builtinManifests));
