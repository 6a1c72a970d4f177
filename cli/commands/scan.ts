/** `sv0 scan`: starts a run of one scope, and waits for its end when asked. */
import type { Command } from 'commander';
import { answer } from '../client/answers.ts';
import type { Cli } from '../terminal.ts';
import { FROM_CLI, reportEnd, type WaitOptions } from './report-end.ts';
import { tenantOf } from './tenant.ts';

interface ScanOptions extends WaitOptions {
  readonly overrideCooldown: boolean;
}

export function addScanCommand(program: Command, cli: Cli): void {
  program
    .command('scan')
    .argument('<scope>', 'the id of a scan scope')
    .option('--wait', 'wait until the run is over; exit 0 only if it succeeded', false)
    .option('--json', 'print one JSON document', false)
    .option('--override-cooldown', 'start although the scope cools down after a failure', false)
    .action(async (scope_id: string, { overrideCooldown, ...options }: ScanOptions) => {
      const api = cli.api();
      const of = await tenantOf(api, 'scope', scope_id);
      const body = { scope_id, trigger: { type: 'manual_api' as const }, override_cooldown: overrideCooldown };
      const started = await answer(api.POST('/api/v1/scan-runs', { params: { query: of, header: FROM_CLI }, body }));
      await reportEnd(cli, api, { ...of, ...started }, options);
    });
}
