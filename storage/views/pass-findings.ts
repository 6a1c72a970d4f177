/** What a derivation pass did to findings: of each kind of change the first few, in bounded reads however many there are. */
import type { ScanRun } from '../../domain/runs/types.ts';
import type { PassChange, PassFinding } from '../../domain/views/types.ts';
import type { Collections, FindingDoc } from '../collections.ts';
import { inDigestOrder } from './windows.ts';

const CHANGES = ['created', 'reopened', 'updated', 'resolved'] as const satisfies readonly PassChange[];
const MOST_OF_A_CHANGE = 50;
const SHOWN = { _id: 0, id: 1, rule_id: 1, title: 1, severity: 1, subject_name: 1, change: 1 } as const;

export interface PassFindings {
  readonly listed: readonly PassFinding[];
  /** Changes of which there are more than are listed. */
  readonly more: readonly PassChange[];
}

export async function passFindings({ findings }: Pick<Collections, 'findings'>, run: ScanRun): Promise<PassFindings> {
  const pass = run.derivation_pass;
  if (pass === null) return { listed: [], more: [] };
  const groups = await Promise.all(
    CHANGES.map((change) =>
      inDigestOrder<FindingDoc>(
        (id, limit) =>
          findings
            .find({ tenant_id: run.tenant_id, changed_pass: pass, change, id }, { projection: SHOWN })
            .sort({ id: 1 })
            .limit(limit)
            .toArray(),
        MOST_OF_A_CHANGE + 1,
      ),
    ),
  );
  return {
    listed: groups.flatMap((rows) => rows.slice(0, MOST_OF_A_CHANGE)),
    more: CHANGES.filter((_, index) => (groups[index]?.length ?? 0) > MOST_OF_A_CHANGE),
  };
}
