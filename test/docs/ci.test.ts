/** The ready CI workflow calls the command that there is: its options, its exit codes, and no secret of the platform. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Cli } from '../../cli/terminal.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addRematerializeCommands } from '../../cli/commands/rematerialize.ts';
import { GATE_EXIT } from '../../cli/compose/gate.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'ci', 'deploy-gate.yml'), 'utf8');
interface Step {
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
const { jobs, permissions } = parse(text) as {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly env: object; readonly 'timeout-minutes': number; readonly steps: readonly Step[] }>>;
};
const job = jobs['rematerialize'];
const call = job?.steps.find(({ run }) => run?.includes('deploy-gate'))?.run ?? '';

describe('docs/ci/deploy-gate.yml', () => {
  it('GATE-02 GATE-06: gives every option that the command requires, and only such as it has', () => {
    const program = new Command();
    addRematerializeCommands(program, {} as Cli);
    const options = program.commands.find((command) => command.name() === 'deploy-gate')?.options ?? [];
    const given = call.match(/--[a-z-]+/g) ?? [];
    for (const name of given) expect(options.map(({ long }) => long)).toContain(name);
    for (const { long, mandatory } of options) if (mandatory) expect(given).toContain(long);
    expect(given).toContain('--expect-builder-version');
  });

  it('GATE-05: passes over "nothing to do" alone, and is not cut off before the command gives up', () => {
    expect(call).toContain(`if [ "$code" = ${GATE_EXIT.nothingToDo} ]; then exit 0; fi\nexit "$code"`);
    for (const code of Object.values(GATE_EXIT)) expect(call).toMatch(new RegExp(`\\b${code}\\b`));
    const timeout = Number(/--timeout (\d+)/.exec(call)?.[1]);
    expect((job?.['timeout-minutes'] ?? 0) * 60).toBeGreaterThan(timeout);
  });

  it('GATE-02 CRED-07: reads the code with the whole history, writes nothing, and holds no secret', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(job?.steps[0]?.with).toMatchObject({ 'fetch-depth': 0, 'persist-credentials': false });
    expect(Object.keys(job?.env ?? {})).toEqual(['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE']);
    expect(text).not.toContain('secrets.');
    // What a caller hands over is data: only as a variable, never in the text of the script.
    expect(call).not.toContain('${{');
  });
});
