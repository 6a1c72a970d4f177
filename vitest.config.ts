import { defineConfig } from 'vitest/config';

/** A test file whose name carries its cost stands on real servers, children or browsers. */
const ON_SERVERS = ['test/**/*.{integration,fault,e2e}.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    maxConcurrency: 3,
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
