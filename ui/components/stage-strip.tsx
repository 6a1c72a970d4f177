/** Six cells: one stage each, with its status, what it counted and the same number over the scope's last runs (UI-01). */
import type { RunRow } from '../../domain/views/types.ts';
import { count } from '../format.ts';
import { countsOf, ownIndex, stageHistory, stagesOf } from '../view-models/stages.ts';
import { StatusShape } from './marks.tsx';
import { Sparkline } from './sparkline.tsx';

export function StageStrip({ row }: { row: RunRow }) {
  return (
    <ol class="strip" aria-label="Stages">
      {stagesOf(row.run).map((stage) => (
        <li>
          <span class="stage">{stage.name}</span>
          <span class="value">
            <StatusShape status={stage.status} />
            {stage.items === null ? null : <span title={countsOf(stage.name).what}>{count(stage.items)}</span>}
          </span>
          <Sparkline values={stageHistory(stage.name, row.history)} label={countsOf(stage.name).what} own={ownIndex(row)} />
        </li>
      ))}
    </ol>
  );
}
