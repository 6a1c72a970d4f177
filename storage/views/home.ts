/** What is wrong now, over all tenants: bounded queries only, however many scopes and runs there are. */
import type { Filter } from 'mongodb';
import type { ScopeId } from '../../domain/ids.ts';
import type { RunStatus, ScanRun } from '../../domain/runs/types.ts';
import type { Home } from '../../domain/views/types.ts';
import type { Collections } from '../collections.ts';
import { namesOf } from './names.ts';
import { newestFirst } from './windows.ts';

const DAY = 86_400_000;
/** A failure older than this is no news: the scope's runs say so themselves. */
const LOOK_BACK = 7 * DAY;
const MOST_PROBLEMS = 50;
const A_ROUND = 1000;
/** A scope that fails every minute must not hide the others: later rounds leave out the scopes already seen. */
const ROUNDS = 3;
const MOST_RECENT = 1000;
const NAMED = 10;
const NEWEST = { started_at: -1, _id: -1 } as const;
const BAD = ['failed', 'timeout', 'partial'] as const satisfies readonly RunStatus[];

export async function home(collections: Collections, now: Date): Promise<Home> {
  const { scanScopes } = collections;
  const active = { status: 'active', kind: 'scan' } as const;
  const neverRun = { ...active, last_claimed_at: null };
  const [{ problems, truncated }, activeScopes, unknown, unknownCount, recent, lastEnded] = await Promise.all([
    problemsOf(collections, now),
    scanScopes.countDocuments(active),
    scanScopes.find(neverRun).limit(NAMED).toArray(),
    scanScopes.countDocuments(neverRun),
    recentRuns(collections, now),
    lastEndedAt(collections, now),
  ]);
  const names = await namesOf(collections, problems);
  return {
    problems: problems.map((run) => ({ run, ...names(run), history: [] })),
    problems_truncated: truncated,
    active_scopes: activeScopes,
    never_run: unknown,
    never_run_count: unknownCount,
    last_ended_at: lastEnded,
    recent: recent.slice(0, MOST_RECENT),
    recent_truncated: recent.length > MOST_RECENT,
  };
}

type Bad = Pick<ScanRun, '_id' | 'scope_id' | 'reason' | 'started_at'>;

async function problemsOf(
  collections: Collections,
  now: Date,
): Promise<{ readonly problems: readonly ScanRun[]; readonly truncated: boolean }> {
  const newest = new Map<ScopeId, Bad>();
  let more = true;
  for (let round = 0; round < ROUNDS && more && newest.size <= MOST_PROBLEMS; round += 1) {
    const seen = [...newest.keys()];
    const groups = await Promise.all(BAD.map((status) => badRuns(collections, status, seen, now)));
    more = groups.some((group) => group.length === A_ROUND);
    // A person's cancel is no failure of the scope.
    const bad = groups.flat().filter(({ reason }) => reason !== 'cancelled');
    for (const run of bad.sort(byNewest)) if (!newest.has(run.scope_id)) newest.set(run.scope_id, run);
  }
  const candidates = [...newest.values()].sort(byNewest);
  const open = await unresolved(collections, candidates.slice(0, MOST_PROBLEMS));
  const rows = await collections.scanRuns.find({ _id: { $in: open.map(({ _id }) => _id) } }).toArray();
  return { problems: rows.sort(byNewest), truncated: more || candidates.length > MOST_PROBLEMS };
}

function badRuns({ scanRuns }: Collections, status: RunStatus, seen: ScopeId[], now: Date): Promise<readonly Bad[]> {
  // The condition on scopes only where it is needed: with it, some servers walk by scope instead of by time.
  const unseen = seen.length === 0 ? {} : { scope_id: { $nin: seen } };
  return newestFirst<Bad>({
    fetch: (at, _, limit) =>
      scanRuns
        .find({ status, started_at: at, ...unseen } as Filter<ScanRun>, { projection: { scope_id: 1, reason: 1, started_at: 1 } })
        .sort(NEWEST)
        .limit(limit)
        .toArray(),
    limit: A_ROUND,
    now,
    floor: new Date(now.getTime() - LOOK_BACK),
  });
}

async function unresolved({ scanRuns }: Collections, runs: readonly Bad[]): Promise<readonly Bad[]> {
  const resolved = await Promise.all(
    runs.map((run) =>
      scanRuns.findOne({ scope_id: run.scope_id, status: 'succeeded', started_at: { $gt: run.started_at } }, { projection: { _id: 1 } }),
    ),
  );
  return runs.filter((_, index) => resolved[index] === null);
}

type Recent = Pick<ScanRun, '_id' | 'status' | 'started_at'>;

async function recentRuns({ scanRuns }: Collections, now: Date): Promise<Home['recent']> {
  const rows = await newestFirst<Recent>({
    fetch: (at, _, limit) =>
      scanRuns
        .find({ started_at: at } as Filter<ScanRun>, { projection: { status: 1, started_at: 1 } })
        .sort(NEWEST)
        .limit(limit)
        .toArray(),
    limit: MOST_RECENT + 1,
    now,
    floor: new Date(now.getTime() - DAY),
  });
  return rows.map((row) => ({ run_id: row._id, status: row.status, started_at: row.started_at }));
}

async function lastEndedAt({ scanRuns }: Collections, now: Date): Promise<Date | null> {
  const rows = await newestFirst<Pick<ScanRun, 'ended_at'>>({
    fetch: (at, _, limit) =>
      scanRuns
        .find({ started_at: at, ended_at: { $ne: null } } as Filter<ScanRun>, { projection: { ended_at: 1 } })
        .sort(NEWEST)
        .limit(limit)
        .toArray(),
    limit: 1,
    now,
  });
  return rows[0]?.ended_at ?? null;
}

function byNewest(a: Bad, b: Bad): number {
  return b.started_at.getTime() - a.started_at.getTime() || (a._id < b._id ? 1 : -1);
}
