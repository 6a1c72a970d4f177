/** `sv0 replay`: takes a workflow's history home and steps through it with today's code (FLOW-07). */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';
import { checkOurs, type RecordedHistory, readHistory, replayHistory, workflowTypeOf } from '../compose/replay.ts';
import { rerunHistory } from '../compose/rerun.ts';
import type { Cli } from '../terminal.ts';
import { withTemporal } from '../compose/temporal-only.ts';

/** `fetchHistory` gives the bare error of the call. */
const GRPC_NOT_FOUND = 5;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function addReplayCommand(program: Command, cli: Cli): void {
  program
    .command('replay')
    .argument('<run>', 'a run id, a workflow id, or a file with a history as JSON')
    .option(
      '--rerun',
      'run it again in the time-skipping environment with the recorded results of its activities (set a breakpoint in workflows/)',
      false,
    )
    .action(async (run: string, { rerun }: { readonly rerun: boolean }) => {
      const history = await historyOf(cli.env, run);
      const what = `${workflowTypeOf(history)} ${history.workflowId} (${history.history.events?.length ?? 0} events)`;
      const difference = rerun ? await rerunHistory(history) : await replayHistory(history);
      if (difference === null) {
        cli.out.write(`${what}: ${rerun ? "run again: today's code gives the same commands" : "today's code takes the same way"}\n`);
        return;
      }
      cli.out.write(`${what}: today's code takes another way\n  ${difference}\n`);
      cli.exitCode = 1;
    });
}

async function historyOf(env: Cli['env'], run: string): Promise<RecordedHistory> {
  if (existsSync(run)) return checkOurs(readHistory(await readFile(run, 'utf8'), run), basename(run));
  return await withTemporal(env, async (client) => {
    const { workflowId, runId } = UUID.test(run) ? await executionOf(client, run) : { workflowId: run, runId: undefined };
    try {
      return checkOurs({ workflowId, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() }, 'run');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === GRPC_NOT_FOUND) throw new NotFoundError('workflow', run);
      throw error;
    }
  });
}

/** A run's id is the first execution of its workflow. */
async function executionOf(client: Client, run: string): Promise<{ readonly workflowId: string; readonly runId: string }> {
  for await (const { workflowId, runId } of client.workflow.list({ query: `RunId = '${run}' OR ${SEARCH_ATTRIBUTES.run} = '${run}'` }))
    return { workflowId, runId };
  throw new InvalidInputError('Temporal knows no workflow of this run; its retention may be over', {
    code: 'HISTORY_NOT_FOUND',
    field: 'run',
    expected: 'a run id, a workflow id, or a file with a history as JSON',
  });
}
