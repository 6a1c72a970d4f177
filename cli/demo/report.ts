/** The demo's report: a table for people, one JSON document for programs. */
import Table from 'cli-table3';
import { DRIVER_CELL, STAGE_CELLS } from '../../domain/runs/types.ts';
import type { DemoReport, DemoRun } from './scan-all.ts';

export function renderReport(report: DemoReport): string {
  const table = new Table({ head: ['scope', 'status', 'categories', ...STAGE_CELLS], style: { head: [], border: [] } });
  for (const run of report.runs) table.push([run.scope, run.status, categoriesOf(run), ...STAGE_CELLS.map((cell) => cellOf(run, cell))]);
  const totals = Object.entries(report.totals).map(([name, count]) => `${name.replaceAll('_', ' ')}: ${count}`);
  return `${table.toString()}\n__…: what is new or changed by the run or the pass that it joined\nnow there: ${totals.join('   ')}\n`;
}

function categoriesOf(run: DemoRun): string {
  return Object.entries(run.category_results)
    .filter(([key]) => !key.startsWith('__') || key === DRIVER_CELL)
    .map(([key, cell]) => `${key} ${cell.status === 'succeeded' ? cell.items_scanned : cell.status}`)
    .join('\n');
}

function cellOf(run: DemoRun, key: (typeof STAGE_CELLS)[number]): string {
  const cell = run.category_results[key];
  if (cell === undefined) return '-';
  return cell.status === 'succeeded' ? `${cell.items_scanned}` : cell.status;
}
