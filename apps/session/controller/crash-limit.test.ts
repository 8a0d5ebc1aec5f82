import { expect, test } from 'vitest';
import { CrashLimit } from './crash-limit.ts';

test('a process that decides nothing between its crashes is started three times', () => {
  const limit = new CrashLimit();
  expect([5, 5, 5, 5].map((decided) => limit.crashed(decided))).toEqual([true, true, true, false]);
});

test('one that gets on is started again however often', () => {
  const limit = new CrashLimit();
  for (let decided = 0; decided < 20; decided += 1) expect(limit.crashed(decided)).toBe(true);
});
