/** `sv0 scan`: starts a run of one scope, and waits for its end when asked. */
import type { Command } from 'commander';
import { scopeId } from '../../domain/ids.ts';
import { withControl } from './with-control.ts';
import { reportEnd } from './report-end.ts';

export interface WaitOptions {
  readonly wait: boolean;
  readonly json: boolean;
}

interface ScanOptions extends WaitOptions {
  readonly overrideCooldown: boolean;
}

export function addScanCommand(program: Command): void {
  program
    .command('scan')
    .argument('<scope>', 'the id of a scan scope')
    .description('start a run of a scan scope')
    .option('--wait', 'wait until the run is over; exit 0 only if it succeeded', false)
    .option('--json', 'print one JSON document', false)
    .option('--override-cooldown', 'start although the scope cools down after a failure', false)
    .action((scope: string, options: ScanOptions) =>
      withControl(async ({ control, storage, userId }) => {
        const started = await control.start({
          scope_id: scopeId(scope),
          tenant_hint: null,
          trigger_type: 'manual_api',
          source: 'cli',
          user_id: userId,
          override_cooldown: options.overrideCooldown,
          idempotency_key: null,
        });
        await reportEnd(started, options, control, storage);
      }),
    );
}
