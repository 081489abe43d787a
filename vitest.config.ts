import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // By default one less than there are cores: on two cores the long end-to-end files would run alone, and mostly wait.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
