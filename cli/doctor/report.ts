/** The report for people: what is wrong first to the eye, and the command that puts it right. */
import Table from 'cli-table3';
import { printable } from '../commands/print.ts';
import type { DoctorReport, Verdict } from './types.ts';

const SIGN: Readonly<Record<Verdict, string>> = { ok: 'ok', warning: 'WARN', failed: 'FAIL' };
const WIDTH = 90;

export function renderDoctor({ ok, checks, credentials, refreshed }: DoctorReport): string {
  const lines: string[] = [];
  const width = Math.max(...checks.map(({ id }) => id.length));
  for (const { id, status, detail, remedy } of checks) {
    lines.push(`${SIGN[status].padEnd(4)}  ${id.padEnd(width)}  ${printable(detail, 400)}`);
    if (remedy !== null) lines.push(`${' '.repeat(width + 8)}→ ${remedy}`);
  }
  const table = new Table({
    head: ['', 'credential', 'from', 'lives', 'expires', 'this machine only', 'refresh'],
    style: { head: [], border: [] },
    colWidths: [6, 28, 34, 30, 12, 9, 30],
    wordWrap: true,
  });
  for (const it of credentials) {
    table.push([
      SIGN[it.status],
      `${it.name}: ${it.detail}`,
      printable(it.source, WIDTH),
      it.lifetime,
      it.expires_at?.slice(0, 16) ?? 'no',
      it.device_bound ? 'yes' : 'no',
      it.refresh ?? '',
    ]);
  }
  lines.push('', table.toString());
  for (const step of refreshed) lines.push(`refreshed: ${step}`);
  lines.push(ok ? 'a run can succeed here' : 'a run could not succeed here: see FAIL');
  return lines.join('\n');
}
