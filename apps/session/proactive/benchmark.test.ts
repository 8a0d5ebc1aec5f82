import { expect, it } from 'vitest';
import { BENCHMARK_SOUNDS, type BenchmarkSound } from './benchmark-labels.ts';
import { ProactivePolicy } from './policy.ts';
import { sound } from './testing.ts';

/** What the policy decides when this is all that is heard: once for three seconds, or so many times. */
function decide({ label, times = 1 }: BenchmarkSound): 'RESPOND' | 'IGNORE' {
  const policy = new ProactivePolicy();
  for (let index = 0; index < times; index += 1) {
    const start = 2 + index * 2;
    const end = times > 1 ? start + 0.5 : start + 3;
    const heard = policy.hearSound(sound(index, label, start, end), { streamSeconds: end, minuteOfDay: 720 });
    if (heard ?? policy.tick({ streamSeconds: end + 1, minuteOfDay: 720 })) return 'RESPOND';
  }
  return 'IGNORE';
}

it('decides as the public benchmark does wherever a label can tell', () => {
  let right = 0;
  let all = 0;
  const wrong: string[] = [];
  for (const entry of BENCHMARK_SOUNDS) {
    all += entry.count;
    if (decide(entry) === entry.decision) right += entry.count;
    else wrong.push(`${entry.description} (${entry.label}) should be ${entry.decision}`);
  }
  expect(all).toBe(118);
  // What is left has a label that also stands for the opposite: panting and breathing, heavy and light rain.
  expect(right / all, wrong.join('\n')).toBeGreaterThanOrEqual(0.8);
});
