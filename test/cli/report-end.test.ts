import { expect, it } from 'vitest';
import { runResource } from '../../api/schemas/run.ts';
import { describe as described } from '../../cli/commands/report-end.ts';
import { ago, cell, cellError, run } from '../ui/records.ts';

/** As the API gives it. */
const said = (over: Parameters<typeof run>[0]): string => described(runResource(run(over)) as Parameters<typeof described>[0]);

it('RUN-17: a run that failed says on the terminal what it was, who acts, and the first step of each code once', () => {
  const invalid = cellError({ code: 'AWS_CREDENTIALS_INVALID', message: 'AWS does not accept the access key' });
  const failed = (errors: readonly (typeof invalid)[]) => cell(ago(1), 0, 1, { status: 'failed', errors });
  const cells = { iam: failed([invalid]), s3: failed([invalid]), lamps: failed([cellError({ code: 'LAMP_BROKEN' })]) };
  const text = said({ status: 'failed', reason: 'all_categories_failed', category_results: cells });
  expect(text).toContain('AWS_CREDENTIALS_INVALID: AWS does not accept the access key; who should act: customer');
  expect(text.match(/^first step: .*$/gm)).toEqual([expect.stringContaining('Have the customer provide a credential')]);
  expect(said({})).not.toContain('first step');
});

it('RUN-05: a count says what it counts, so that nobody takes a pass that changed nothing for a loss; what was skipped counts nothing', () => {
  const cells = {
    iam: cell(ago(2), 0, 1, { items_scanned: 412 }),
    __chain: cell(ago(1), 0, 1),
    __eval: cell(ago(1), 0, 1, { items_scanned: 1 }),
    __evidence: cell(ago(1), 0, 0, { status: 'skipped' }),
    __driver__: cell(ago(1), 0, 0, { status: 'failed' }),
  };
  const lines = said({ category_results: cells })
    .split('\n')
    .map((line) => line.trim());
  expect(lines).toEqual(
    expect.arrayContaining([
      'iam: succeeded, 412 items read',
      '__chain: succeeded, 0 chains new or changed',
      '__eval: succeeded, 1 finding opened, changed or resolved',
      '__evidence: skipped',
      '__driver__: failed',
    ]),
  );
});
