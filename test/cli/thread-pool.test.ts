import { expect, it } from 'vitest';
import { refusingWhenBusy, type ThreadPool } from '../../cli/compose/thread-pool.ts';

it('FLOW-10: what would wait behind others for a thread is refused, not taken, and what would not is done', async () => {
  let busy = false;
  const report = { items: 3, errors: [] };
  const pool = { engine: { run: async () => report }, sync: { sync: async () => report }, isBusy: () => busy };
  const { engine, sync } = refusingWhenBusy(pool as unknown as ThreadPool);
  const both = () =>
    Promise.allSettled([engine.run('__chain', {} as never, {} as never), sync.sync('acme' as never, {} as never, {} as never)]);
  const refused = { status: 'rejected', reason: { name: 'TransientError', code: 'COMPUTING_BUSY' } };
  expect(await both()).toMatchObject([{ value: report }, { value: report }]);
  busy = true;
  expect(await both()).toMatchObject([refused, refused]);
});
