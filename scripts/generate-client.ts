/** `npm run generate:client`: the types of the client, made of the OpenAPI document that the application serves. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clientTypes } from '../test/support/client-types.ts';

await writeFile(join(import.meta.dirname, '..', 'cli', 'client', 'openapi.ts'), await clientTypes());
