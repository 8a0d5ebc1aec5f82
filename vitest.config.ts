import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['apps/**/*.test.ts', 'models/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/setup/bundle.ts'],
    reporters: ['default', './test/setup/count-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // A second, the default, is little on a busy machine; what is polled for comes or does not.
    expect: { poll: { timeout: 10_000 } },
    // Two cores: parallel files would make every timing-sensitive end-to-end test fight for them.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['apps/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary', 'html'],
    },
  },
});
