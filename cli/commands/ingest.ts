/** `sv0 ingest`: hands a normalized graph to an instance (API-01). */
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { InvalidInputError } from '../../domain/errors.ts';
import { answer } from '../client/answers.ts';
import type { Cli } from '../terminal.ts';
import { reportEnd, type WaitOptions } from './report-end.ts';
import { tenantOf } from './tenant.ts';

export function addIngestCommand(program: Command, cli: Cli): void {
  program
    .command('ingest')
    .argument('<instance>', 'the id of the connector instance that the graph is of')
    .argument('<file>', 'a normalized graph: one JSON document or JSON Lines; "-" is standard input')
    .option('--complete <categories>', 'categories, separated by commas, of which the graph is the full state')
    .option('--wait', 'wait until the run is over; exit 0 only if it succeeded', false)
    .option('--json', 'print one JSON document', false)
    .action(async (instance_id: string, file: string, { complete, ...options }: WaitOptions & { readonly complete?: string }) => {
      const graph = await readable(file, cli.input);
      const api = cli.api();
      const of = await tenantOf(api, 'instance', instance_id);
      const started = await answer(
        api.POST('/api/v1/ingest/normalized-graph', {
          params: { query: { instance_id, ...of, ...(complete === undefined ? {} : { complete }) } },
          headers: { 'content-type': file.endsWith('.json') ? 'application/json' : 'application/x-ndjson' },
          // Sent as it is read: a graph can be larger than the memory.
          body: Readable.toWeb(graph) as unknown as never,
          bodySerializer: (stream: unknown) => stream as ReadableStream,
          ...{ duplex: 'half' },
        }),
      );
      await reportEnd(cli, api, { ...of, ...started }, options);
    });
}

async function readable(file: string, input: Readable): Promise<Readable> {
  if (file === '-') return input;
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
