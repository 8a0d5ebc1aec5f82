import { defineConfig } from 'vitest/config';

/**
 * Tests that follow the clock of the world: a microphone, a loudspeaker, a browser that is heard, a process that is to answer
 * in time. What else runs meanwhile is late sound to them, so that they run one file at a time, when all others are done.
 */
const PACED = [
  'apps/audio/capture/*.test.ts',
  'test/assistant/*.test.ts',
  'test/capture/*.test.ts',
  'test/cli/{crash,listen,terminal}.test.ts',
  'test/electron/{listening,notices,playback,windows}.test.ts',
  'test/llm/*.test.ts',
  'test/screens/{browser-door,window}.test.ts',
  'test/server/*.test.ts',
  'test/translation/listen.test.ts',
  'test/unified/falling-behind.test.ts',
  'test/voice/*.test.ts',
];

const LIMITS = {
  testTimeout: 30_000,
  hookTimeout: 120_000,
  // A second, the default, is little on a busy machine; what is polled for comes or does not.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    // The projects take nothing over from here: each would build the bundles once more.
    globalSetup: ['test/setup/bundle.ts'],
    reporters: ['default', './test/setup/count-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['apps/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      {
        test: {
          ...LIMITS,
          name: 'side by side',
          include: ['apps/**/*.test.ts', 'models/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: PACED,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: { ...LIMITS, name: 'paced', include: PACED, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
