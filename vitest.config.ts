import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A test file whose name carries its cost stands on real servers, children or browsers. */
const ON_SERVERS = ['test/**/*.{integration,fault,e2e}.test.ts'];

/** What waits longest begins first, so that nothing is waited for alone at the end. */
const COSTS = ['.fault.test.', '.e2e.test.', '/workflows/', '.integration.test.'];

class DearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => [...COSTS, ''].findIndex((part) => moduleId.includes(part));
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // One more than CI has cores: many tests wait for timeouts of Temporal.
    maxWorkers: 3,
    maxConcurrency: 3,
    sequence: { sequencer: DearestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ON_SERVERS,
          // Nothing that they import holds state: loading it once for all of them halves their time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'servers', include: ON_SERVERS, globalSetup: ['test/support/global-setup.ts'] } },
    ],
  },
});
