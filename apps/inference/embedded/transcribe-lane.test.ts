import { describe, expect, it } from 'vitest';
import { CHUNK_SAMPLES, type TranscriptEvent } from '#protocol';
import type { Hypothesis } from './hypothesis.ts';
import { TranscribeLane, type Recogniser } from './transcribe-lane.ts';

const FRAME_SAMPLES = 512;

/** Frames of one chunk in which somebody speaks, or nobody. */
function chunk(sequence: number, speaks: boolean) {
  const startSample = sequence * CHUNK_SAMPLES;
  const frames = Array.from({ length: 12 }, (_, index) => {
    const start = startSample + index * FRAME_SAMPLES;
    const probability = speaks ? 0.95 : 0.01;
    return { start, end: start + FRAME_SAMPLES, probability, level: speaks ? 0.1 : 0.001 };
  });
  const endSample = startSample + CHUNK_SAMPLES;
  return { sequence, startSample, endSample, arrivedAtMs: 0, computeMs: 0, frames };
}

/** Token n is the word "wn". */
const text = {
  startsWord: () => true,
  decode: (tokens: readonly number[]) => tokens.map((token) => `w${token}`).join(' '),
};

const words = (tokens: number[], guessed = false): Hypothesis => ({
  tokens,
  meanLogProbability: -0.4,
  complete: true,
  guessed,
});

/** Runs the lane over chunks with a recogniser that is plain data; returns its events and what it was asked. */
async function listen(speaks: readonly boolean[], answer: (guess: boolean) => Hypothesis) {
  const guesses: boolean[] = [];
  const recogniser: Recogniser = {
    recognise: (_window, { guess }) => {
      guesses.push(guess);
      return Promise.resolve({ hypothesis: answer(guess), computeMs: 1 });
    },
  };
  const lane = new TranscribeLane({ recogniser, text, pace: 'live', resume: undefined, now: () => 0 });
  const events: TranscriptEvent[] = [];
  for (const [sequence, speech] of speaks.entries()) {
    const { decision } = lane.decide(chunk(sequence, speech), { newest: true, waiting: 0 });
    if (decision === 'silent') continue;
    for await (const event of lane.respond(new AbortController().signal)) events.push(event);
  }
  return { events, guesses };
}

describe('the transcribe lane', () => {
  it('shows a guess while someone speaks, and no final text rests on it', async () => {
    const heard = await listen([true, true, false, false, false, false], (guess) => {
      return guess ? words([1], true) : words([]);
    });
    expect(heard.events.map(({ text, final }) => ({ text, final }))).toEqual([
      { text: 'w1', final: false },
      { text: '', final: true },
    ]);
  });

  it('asks for a guess only until words are shown', async () => {
    const heard = await listen([true, true, true, true, false, false, false], () => words([1, 2]));
    expect(heard.guesses[0]).toBe(true);
    expect(heard.guesses.slice(1)).not.toContain(true);
    expect(heard.events.at(-1)).toMatchObject({ text: 'w1 w2', final: true });
  });

  it('settles nothing on guesses, however often they agree', async () => {
    const heard = await listen([true, true, true, true, true, true], (guess) => words([1, 2, 3], guess));
    for (const event of heard.events.slice(0, 1)) expect(event).toMatchObject({ stable: 0 });
    expect(heard.events.length).toBeGreaterThan(1);
  });
});
