/**
 * `sv0 rematerialize` and `sv0 deploy-gate`: rebuild what is derived, for every tenant, and wait for the answer (GATE-01…GATE-06). The first asks the
 * API; the second is CI's, beside a deploy, and needs Temporal alone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { InvalidInputError, PersistentError } from '../../domain/errors.ts';
import { touchedGatePaths } from '../../domain/gate/paths.ts';
import type { GateInput, GateProgress, GateSummary } from '../../workflows/messages.ts';
import { expectedVersion, followGate, GATE_EXIT, gateExitCode, gateStages, startGate } from '../compose/gate.ts';
import { answer } from '../client/answers.ts';
import type { components } from '../client/openapi.ts';
import type { Cli } from '../terminal.ts';
import { gitChanges } from '../compose/git-changes.ts';
import { withTemporal } from '../compose/temporal-only.ts';

interface GateOptions {
  readonly json: boolean;
  readonly timeout: string;
  readonly expectBuilderVersion?: string;
}

interface RematerializeOptions extends GateOptions {
  readonly tenant: readonly string[];
  readonly stage: readonly string[];
}

type GateState = components['schemas']['GateState'];

const ASK_EVERY_MS = 1_000;

interface DeployGateOptions extends GateOptions {
  readonly base: string;
  readonly head: string;
  readonly attempt: string;
  readonly repo: string;
}

const EXIT_CODES = `
Exit codes: 0 done, 1 some tenants failed or stale records are left, 2 bad input, 10 nothing to do, 124 timed out (the gate goes on).`;

export function addRematerializeCommands(program: Command, cli: Cli): void {
  withGateOptions(program.command('rematerialize'))
    .option('--tenant <id>', 'only this tenant (may be repeated); default: every active one', collect, [])
    .option('--stage <name>', 'chains or stitched_paths (may be repeated); default: both', collect, [])
    .action((options: RematerializeOptions) => rematerialize(cli, options));

  withGateOptions(program.command('deploy-gate'))
    .requiredOption('--base <commit>', 'what was deployed before')
    .requiredOption('--head <commit>', 'what is deployed now')
    .option('--attempt <number>', 'a gate that completed is not run again for the same commit and attempt', '1')
    .option('--repo <folder>', 'a clone with the history of both', '.')
    .action(async (options: DeployGateOptions) => {
      const attempt = positive('--attempt', options.attempt);
      const { head, files } = await gitChanges(options.repo, options.base, options.head);
      const touched = touchedGatePaths(files);
      if (touched.length === 0) {
        cli.out.write(
          options.json
            ? `${JSON.stringify({ gate_id: null, touched })}\n`
            : 'nothing to do: the merge changes nothing that chains or stitched paths are built of\n',
        );
        cli.exitCode = GATE_EXIT.nothingToDo;
        return;
      }
      cli.err.write(`the merge changes ${touched.length} of the gate's files, ${touched[0]} first\n`);
      await runGate(cli, { gate_id: attempt === 1 ? head : `${head}-${attempt}`, stages: gateStages([]), tenants: null }, options);
    });
}

function withGateOptions(command: Command): Command {
  return command
    .option('--expect-builder-version <version>', 'refuse while a worker runs another version; "current" is the version of this build')
    .option('--timeout <seconds>', 'stop waiting after this time', '3600')
    .option('--json', 'print the summary as one JSON document', false)
    .addHelpText('after', EXIT_CODES);
}

async function rematerialize(cli: Cli, { tenant, stage, timeout, expectBuilderVersion, json }: RematerializeOptions): Promise<void> {
  const until = Date.now() + positive('--timeout', timeout) * 1_000;
  const expected = expectedVersion(expectBuilderVersion);
  const body = {
    stages: [...gateStages(stage)],
    ...(tenant.length === 0 ? {} : { tenants: [...tenant] }),
    ...(expected === null ? {} : { expect_builder_version: expected }),
  };
  const api = cli.api();
  const { gate_id, workflow_id } = await answer(api.POST('/api/v1/admin/rematerialize', { body }));
  cli.err.write(`started ${workflow_id}\n`);
  const progress = changesOnly(cli.err);
  for (;;) {
    const state: GateState = await answer(api.GET('/api/v1/admin/rematerialize/{id}', { params: { path: { id: gate_id } } }));
    if (state.progress !== null) progress(state.progress);
    if (state.status !== 'running') return ended(cli, state, json);
    if (Date.now() > until) return timedOut(cli, workflow_id);
    await delay(ASK_EVERY_MS);
  }
}

/** @throws PersistentError for a gate that ended as a whole */
function ended(cli: Cli, { summary, failure }: GateState, json: boolean): void {
  if (summary === null)
    throw new PersistentError(failure?.message ?? 'the gate ended without a summary', {
      code: failure?.code ?? 'GATE_FAILED',
      actor: 'operator',
    });
  cli.out.write(json ? `${JSON.stringify(summary)}\n` : describe(summary));
  cli.exitCode = gateExitCode(summary);
}

function timedOut(cli: Cli, workflowId: string): void {
  cli.err.write(`timed out; ${workflowId} goes on\n`);
  cli.exitCode = GATE_EXIT.timedOut;
}

async function runGate(cli: Cli, what: Pick<GateInput, 'gate_id' | 'stages' | 'tenants'>, options: GateOptions): Promise<void> {
  const timeoutMs = positive('--timeout', options.timeout) * 1_000;
  await withTemporal(cli.env, async (client, { queues }) => {
    const input: GateInput = {
      ...what,
      expect_builder_version: expectedVersion(options.expectBuilderVersion),
      started_by: `cli:${userInfo().username}`,
    };
    const { workflowId, attached } = await startGate(client, queues.pipeline, input);
    cli.err.write(`${attached ? 'joined' : 'started'} ${workflowId}\n`);
    const summary = await followGate(client, workflowId, { timeoutMs, onProgress: changesOnly(cli.err) });
    if (summary === null) return timedOut(cli, workflowId);
    cli.out.write(options.json ? `${JSON.stringify(summary)}\n` : describe(summary));
    cli.exitCode = gateExitCode(summary);
  });
}

function changesOnly(out: NodeJS.WritableStream): (progress: Pick<GateProgress, 'tenants' | 'done' | 'failed'>) => void {
  let before = '';
  return ({ tenants, done, failed }) => {
    const line = `${done} of ${tenants} tenants, ${failed} failed\n`;
    if (line !== before) out.write(line);
    before = line;
  };
}

function describe(summary: NonNullable<GateState['summary']> | GateSummary): string {
  const lines = [
    `gate ${summary.gate_id}: ${summary.stages.join(', ')} by ${summary.builder_version}`,
    `  ${summary.tenants} tenants: ${summary.succeeded} succeeded, ${summary.skipped} skipped (no longer active), ${summary.failed} failed`,
    `  records of another builder version: ${summary.stale_before} before, ${summary.stale_after} after`,
    ...summary.failures.map(
      ({ tenant_id, run_id, reason }) => `  failed: ${tenant_id ?? 'a whole batch'}: ${reason}${run_id === null ? '' : ` (run ${run_id})`}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function positive(field: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 1_000_000) {
    throw new InvalidInputError(`${field} is not valid`, { code: 'INVALID_OPTION', field, expected: 'a whole number from 1 to 1000000' });
  }
  return number;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
