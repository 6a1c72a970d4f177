/** `sv0 ingest`: hands a normalized graph to an instance, as the API route does (API-01). */
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { InvalidInputError } from '../../domain/errors.ts';
import { instanceId } from '../../domain/ids.ts';
import { reportEnd } from './report-end.ts';
import type { WaitOptions } from './scan.ts';
import { withControl } from './with-control.ts';

export function addIngestCommand(program: Command): void {
  program
    .command('ingest')
    .argument('<instance>', 'the id of the connector instance that the graph is of')
    .argument('<file>', 'a normalized graph: one JSON document or JSON Lines; "-" is standard input')
    .description('take a normalized graph through the pipeline, from sync on')
    .option('--complete <categories>', 'categories, separated by commas, of which the graph is the full state', '')
    .option('--wait', 'wait until the run is over; exit 0 only if it succeeded', false)
    .option('--json', 'print one JSON document', false)
    .action((instance: string, file: string, options: WaitOptions & { readonly complete: string }) =>
      withControl(async ({ control, storage, ingest, userId }) => {
        const body = await readable(file);
        const started = await ingest.accept({
          instance_id: instanceId(instance),
          tenant_hint: null,
          body,
          contentType: file.endsWith('.json') ? 'application/json' : 'application/x-ndjson',
          complete: options.complete.split(',').filter((category) => category !== ''),
          userId,
          idempotencyKey: null,
        });
        await reportEnd(started, options, control, storage);
      }),
    );
}

async function readable(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin;
  try {
    await access(file);
  } catch {
    throw new InvalidInputError('the graph file cannot be read', {
      code: 'FILE_NOT_READABLE',
      field: 'file',
      expected: 'a file that exists and may be read',
    });
  }
  return createReadStream(file);
}
