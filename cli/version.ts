import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './folders.ts';

const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { readonly version: string };

/** Of this checkout, as `sv0 --version` and the OpenAPI document say it. */
export const VERSION = version;
