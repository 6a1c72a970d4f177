/** `runConnector`: resolves again through the same seam, runs the boxed child, and puts its graph into the artifact store (decisions 4 and 5). */
import { createReadStream } from 'node:fs';
import { activityInfo } from '@temporalio/activity';
import { FencedError, TransientError } from '../domain/errors.ts';
import { COLLECT_GRACE_MS } from '../domain/runs/budget.ts';
import { allFailed } from '../domain/runs/outcome.ts';
import type { CategoryResults, CellStatus, IsolationLevel, ScanRun } from '../domain/runs/types.ts';
import type { ArtifactStore, RunRepository, ScopeRepository } from '../storage/ports/index.ts';
import type { CredentialResolver, ResolvedCredential, VerifiedTenants } from './credentials.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { CollectResult, StageInput } from './inputs.ts';
import { type RunChain, verifiedRun } from './verified-run.ts';

/** What a finished child left behind; valid only inside `use`. */
export interface CollectedOutput {
  readonly results: CategoryResults;
  /** Exit code 75: the whole run failed for a passing reason. */
  readonly transient: boolean;
  readonly graphPath: string;
  readonly isolation: IsolationLevel;
  readonly logTail: readonly string[];
}

export interface ConnectorRunner {
  run<T>(
    request: {
      readonly chain: RunChain;
      readonly credential: ResolvedCredential;
      readonly attempt: number;
      /** By this host's clock. */
      readonly deadlineAt: Date;
      readonly signal: AbortSignal;
      /** Before the child is started. */
      readonly onIsolated: (level: IsolationLevel) => void;
      readonly onProgress: (progress: { readonly elapsed_ms: number; readonly graph_bytes: number }) => void;
    },
    use: (output: CollectedOutput) => Promise<T>,
  ): Promise<T>;
}

export interface CollectDeps {
  readonly scopes: Pick<ScopeRepository, 'findForStart'>;
  readonly runs: Pick<RunRepository, 'get' | 'setCollected' | 'setIsolation'>;
  readonly artifacts: Pick<ArtifactStore, 'put'>;
  readonly verifiedTenants: VerifiedTenants;
  readonly broker: CredentialResolver;
  readonly connectors: ConnectorRunner;
  readonly now: () => Date;
}

export type CollectActivities = ReturnType<typeof createCollectActivities>;

export function createCollectActivities(deps: CollectDeps) {
  return {
    async runConnector(input: StageInput): Promise<CollectResult> {
      // As a duration from Temporal, which counts from here: the run's own deadline is of another host's clock, and one that is off would end the
      // child at once or never.
      const deadlineAt = new Date(deps.now().getTime() + Math.max(0, activityInfo().startToCloseTimeoutMs - COLLECT_GRACE_MS));
      const chain = await verifiedRun(deps, input);
      const tenant = await deps.verifiedTenants.ofRun(input.scope_id, input.run_id);
      // A worker that was lost behind its last write had collected: the source is not asked again.
      if (chain.run.artifact !== undefined) return ended(chain.run);
      return await withHeartbeat(async ({ signal, report }) => {
        // Within: a vault that is slow is no worker that is lost.
        const credential = await deps.broker.resolve(tenant, 'launch');
        const onProgress = (progress: { elapsed_ms: number; graph_bytes: number }): void => report(progress);
        let isolation: IsolationLevel | null = null;
        const onIsolated = (level: IsolationLevel): void => {
          isolation = level;
        };
        try {
          return await deps.connectors.run(
            { chain, credential, attempt: input.attempt.number, deadlineAt, signal, onIsolated, onProgress },
            (output) => keep(chain, output, input, signal),
          );
        } catch (error) {
          if (isolation !== null) await boxed(chain, isolation);
          throw error;
        }
      });
    },
  };

  /** Of a run that failed as well, the record says how its child was boxed. The failure matters more. */
  async function boxed({ tenant, run }: RunChain, isolation: IsolationLevel): Promise<void> {
    await deps.runs.setIsolation(tenant._id, run._id, isolation).catch(() => undefined);
  }

  async function keep(chain: RunChain, output: CollectedOutput, { attempt }: StageInput, signal: AbortSignal): Promise<CollectResult> {
    const { tenant, run } = chain;
    const transient = output.transient || failedTransiently(output.results);
    if (transient && !attempt.last) throw passing();
    const artifact = await deps.artifacts.put(tenant._id, run._id, attempt.number, createReadStream(output.graphPath), signal);
    const collected = { cells: output.results, artifact: transient ? null : artifact, isolation: output.isolation, at: deps.now() };
    return ended(await deps.runs.setCollected(tenant._id, run._id, collected));
  }
}

/** Read from the record: where another try of this stage was first, its artifact and cells count, and not this one's. */
function ended({ _id, artifact, category_results }: ScanRun): CollectResult {
  if (artifact === undefined) throw new FencedError(_id);
  if (artifact === null) throw passing();
  const cells = Object.entries(category_results).filter(([key]) => !key.startsWith('__'));
  const categories = Object.fromEntries(cells.map(([name, cell]): [string, CellStatus] => [name, cell.status]));
  return { artifact, categories, all_failed: allFailed(Object.values(categories)) };
}

/** RUN-17: every category failed, and each by a passing error. */
function failedTransiently(results: CategoryResults): boolean {
  const cells = Object.values(results);
  return (
    cells.length > 0 &&
    cells.every((cell) => cell.status === 'failed' && cell.errors.length > 0 && cell.errors.every((error) => error.class === 'transient'))
  );
}

const passing = (): TransientError =>
  new TransientError('every category failed for a passing reason', { code: 'CONNECTOR_TRANSIENT', actor: 'nobody' });
