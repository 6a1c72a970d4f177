import { expect, it } from 'vitest';
import { withStageCell } from '../../activities/stage-cell.ts';
import { NotFoundError, PersistentError, TransientError } from '../../domain/errors.ts';
import { COMPUTING_BUSY } from '../../domain/runs/failure.ts';
import type { Cell } from '../../domain/runs/types.ts';
import { entity, HEADER, read } from '../domain/graph/documents.ts';

/** The cell that a stage leaves which fails like this. */
async function cellOf(error: unknown, last = false): Promise<Cell | undefined> {
  const cells: Cell[] = [];
  const stage = withStageCell(
    { number: 1, last },
    () => new Date(0),
    async (cell) => cells.push(cell),
    async () => {
      throw error;
    },
  );
  await expect(stage).rejects.toBe(error);
  return cells[0];
}

it('DATA-01: a graph that is refused is refused with its field and what was expected there, in the cell of the stage', async () => {
  const bad = JSON.stringify({ ...HEADER, entities: [entity({ type: 'lamp' })], edges: [] });
  const refusal: unknown = await read(bad).catch((error: unknown) => error);
  expect((await cellOf(refusal))?.errors).toEqual([
    {
      code: 'GRAPH_RECORD_INVALID',
      class: 'persistent',
      message: 'the graph is not valid',
      actor: 'engineer',
      subject: expect.stringMatching(/^entities\[0\]\.type: expected one of /) as string,
    },
  ]);
});

it('RUN-07: a worker without a free thread stamps nothing: the stage has not been tried', async () => {
  expect(await cellOf(new TransientError(COMPUTING_BUSY.message, COMPUTING_BUSY), true)).toBeUndefined();
  expect(await cellOf(new TransientError('away', { code: 'DATABASE_UNAVAILABLE' }), true)).toMatchObject({ status: 'failed' });
});

it('RUN-07: what a failure is about stands in its cell, and nothing where it is about nothing', async () => {
  expect((await cellOf(new NotFoundError('artifact', 'a/1')))?.errors).toMatchObject([{ code: 'ARTIFACT_NOT_FOUND', subject: 'a/1' }]);
  const bare = new PersistentError('no', { code: 'X', actor: 'engineer' });
  expect((await cellOf(bare))?.errors).toEqual([{ code: 'X', class: 'persistent', message: 'no', actor: 'engineer' }]);
});
