import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { proveGate } from '../support/gate-proof.ts';
import { copiesOfTheDemo, SMALL_GRAPH } from '../support/gate-tenants.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

const TENANTS = 4;

let pipeline: TestPipeline;
let tenants: readonly TenantId[];
beforeAll(async () => {
  pipeline = await openPipeline({ worker: false });
  const seeding = await pipeline.startWorker();
  tenants = await copiesOfTheDemo(pipeline, TENANTS, SMALL_GRAPH);
  await seeding.stop();
}, 240_000);
afterAll(() => pipeline.close());

describe('a gate whose worker is killed half-way', { timeout: 300_000 }, () => {
  // The same over 1,000 tenants: npm run prove:gate.
  it('GATE-03 GATE-04 GATE-05 GATE-06 RUN-15: none lost, none twice, bounded histories; a second pass changes nothing, another build retires what it does not make', async () => {
    const proof = await proveGate(pipeline, tenants, (line) => void process.stdout.write(`${line}\n`));
    expect(proof.problems).toEqual([]);
    expect(proof.workflows['rematerializeTenant']?.count).toBe(4 * TENANTS);
  });
});
