/** Sessions in which the model hears more or less than 0.4 s at a time, through the built command. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO, RunningEarshot } from '../cli/earshot.ts';
import { convertSmall } from './converted.ts';
import { goldenSession } from './goldens.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'earshot-unified-data-'));
let converted: { folder: string; dispose(): void };

beforeAll(async () => {
  converted = await convertSmall('grouped', 'float32');
});
afterAll(() => {
  converted.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

function listen(...more: string[]): RunningEarshot {
  const args = ['listen', DEMO, '--engine', 'audio-interaction', '--model', converted.folder, '--json'];
  return new RunningEarshot([...args, '--no-keep', ...more], { dataDir });
}

describe('earshot listen --chunk', () => {
  it.each([
    ['0.2', 'grouped-200ms', 0.5],
    ['0.8', 'grouped-800ms', 2],
  ])('%s: a whole session decides and speaks as the reference does', async (seconds, name, streamChunks) => {
    const golden = goldenSession(name);
    const running = listen(
      '--trace',
      '--chunk',
      seconds,
      '--window',
      String(golden.window),
      '--max-reply',
      '24',
    );
    const { exitCode, err } = await running.done;
    expect(err).toContain('1:09 heard');
    expect(exitCode).toBe(0);
    const events = running.events();
    // A listening step has both logits, a spoken one has its own.
    const traces = events.flatMap((event) => (event.type === 'trace' ? [event] : []));
    const steps = traces.filter((trace) => trace.begin !== undefined);
    for (const [step, expected] of golden.steps.entries()) {
      expect(steps[step]?.token).toBe(expected.token);
      expect(steps[step]?.begin).toBeCloseTo(expected.begin, 2);
      // The chunk of the stream with which this one is whole.
      expect(steps[step]?.chunk).toBe(Math.ceil((step + 1) * streamChunks) - 1);
    }
    const decisions = events.flatMap((event) => (event.type === 'decision' ? [event] : []));
    expect(decisions.map(({ chunk }) => chunk)).toEqual(decisions.map((_, index) => index));
    // Nothing of the sound is left out, not even where the stream ends in the middle of a chunk.
    expect(steps.length).toBe(Math.ceil(decisions.length / streamChunks));
    const replies = events.flatMap((event) => (event.type === 'reply' && event.final ? [event] : []));
    expect(replies.length).toBeGreaterThan(0);
    expect(new Set(replies.map(({ id }) => id)).size).toBe(replies.length);
  });

  it('refuses a length that the model cannot hear', async () => {
    const { exitCode, err } = await listen('--chunk', '0.3').done;
    expect(exitCode).toBe(2);
    expect(err).toContain('“0.3” is no length that the model can hear at a time: 0.2, 0.4, 0.8.');
  });
});
