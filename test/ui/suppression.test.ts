/** Suppressing a finding on its page. */
import { describe, expect, it } from 'vitest';
import { appUnderTest } from '../api/app-under-test.ts';
import { post } from './pages-under-test.ts';
import { ACME, finding, id } from './records.ts';

describe('suppressing a finding', () => {
  const address = `/operations/findings/acme/${id('finding 1')}`;
  it('DATA-05: needs a reason and an end; it can be ended', async () => {
    const { app, asked } = appUnderTest();
    const refused = await app.request(`${address}/suppress`, post({ reason: 'accepted until the migration', until: 'soon' }));
    const html = await refused.text();
    expect([refused.status, html.includes('accepted until the migration'), html.includes('Expected: a day as 2027-01-31')]).toEqual([
      400,
      true,
      true,
    ]);
    await app.request(`${address}/suppress`, post({ reason: 'accepted until the migration', until: '2026-12-24' }));
    await app.request(`${address}/unsuppress`, post({}));
    expect(asked.written).toEqual([
      {
        name: 'findings.suppress',
        args: [
          ACME,
          finding().id,
          { reason: 'accepted until the migration', until: new Date('2026-12-24T23:59:59.999Z') },
          'local-operator',
        ],
      },
      { name: 'findings.unsuppress', args: [ACME, finding().id, 'local-operator'] },
    ]);
  });
});
