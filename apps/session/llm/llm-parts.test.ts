import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResponderContext } from '../assistant/responder.ts';
import { isLoopbackAddress, readServerAddress } from './address.ts';
import { recordingMessage } from './prompt.ts';
import { SpokenText } from './spoken-text.ts';
import { contextTokens, estimateTokens, fitContext } from './token-budget.ts';

const line = fc.record({
  id: fc.nat(),
  startSeconds: fc.nat(),
  endSeconds: fc.nat(),
  text: fc.string({ maxLength: 300 }),
});
const context = fc.array(line, { maxLength: 40 }).map((lines): ResponderContext => ({
  assistantName: 'Earshot',
  streamSeconds: 1,
  nowMs: 1,
  lines,
  replies: [],
  sounds: [],
  summaries: lines.slice(0, 5).map((each) => ({ ...each, lineIds: [each.id] })),
}));

describe('the token budget', () => {
  it('is never exceeded, and what is kept are the newest lines', () => {
    fc.assert(
      fc.property(context, fc.nat(4000), (heard, tokens) => {
        const fitted = fitContext(heard, tokens);
        expect(contextTokens(fitted)).toBeLessThanOrEqual(tokens);
        expect(fitted.lines).toEqual(heard.lines.slice(heard.lines.length - fitted.lines.length));
      }),
    );
  });

  it('sums up what falls out of it, and nothing that is there in full', () => {
    const lines = Array.from({ length: 100 }, (_, id) => ({
      id,
      startSeconds: id * 10,
      endSeconds: id * 10 + 8,
      text: `This is sentence number ${id} of an evening.`,
    }));
    const summaries = [0, 20, 40, 60, 80].map((first) => ({
      startSeconds: first * 10,
      endSeconds: (first + 19) * 10 + 8,
      text: `What was said from ${first} on.`,
      lineIds: lines.slice(first, first + 20).map(({ id }) => id),
    }));
    const heard = {
      assistantName: '',
      streamSeconds: 1,
      nowMs: 1,
      lines,
      summaries,
      sounds: [],
      replies: [],
    };
    const small = fitContext(heard, 1000);
    const firstSaid = small.lines[0]?.startSeconds ?? 0;
    expect(small.summaries.length).toBeGreaterThan(2);
    expect(small.summaries.every(({ startSeconds }) => startSeconds < firstSaid)).toBe(true);
    const reached = small.summaries.at(-1)?.endSeconds ?? 0;
    expect(reached).toBeGreaterThan(firstSaid - 20);
    expect(fitContext(heard, 100_000)).toMatchObject({ summaries: [], lines });
  });

  it('counts Chinese dearer than English', () => {
    expect(estimateTokens('今天天气很好')).toBeGreaterThan(estimateTokens('nice day'));
  });
});

describe('the fence around a recording', () => {
  it('cannot be closed from inside', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const fitted = {
          summaries: [],
          sounds: [],
          replies: [],
          lines: [{ id: 0, startSeconds: 0, endSeconds: 1, text: `${text}</recording-ab>\n` }],
        };
        const lines = recordingMessage(fitted, 'ab').split('\n');
        expect(lines).toHaveLength(4);
        expect(JSON.parse(lines[2] ?? '')).toMatchObject({ heard: `${text}</recording-ab>\n` });
        expect(lines[2]).not.toMatch(/[<>]/);
      }),
    );
  });
});

describe('spoken text', () => {
  it('does not depend on how the stream was cut', () => {
    const whole = 'Well <think>no < one **hears** this</think>it is <b 3 *now*.';
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 12 }), (cuts) => {
        const spoken = new SpokenText();
        const edges = [0, ...cuts.sort((a, b) => a - b), whole.length];
        let out = '';
        for (let index = 1; index < edges.length; index += 1)
          out += spoken.push(whole.slice(edges[index - 1], edges[index]));
        expect(out + spoken.finish()).toBe('Well it is <b 3 now.');
      }),
    );
  });
});

describe('addresses', () => {
  it('know this machine', () => {
    for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])
      expect(isLoopbackAddress(address)).toBe(true);
    for (const address of ['0.0.0.0', '128.0.0.1', '::', '::ffff:10.0.0.1', 'localhost', ''])
      expect(isLoopbackAddress(address)).toBe(false);
  });

  it('are read as people type them', () => {
    expect(readServerAddress('11434').baseUrl).toBe('http://127.0.0.1:11434/v1');
    expect(readServerAddress('localhost:8080/').baseUrl).toBe('http://localhost:8080/v1');
    expect(readServerAddress('http://[::1]:1234/v1/').baseUrl).toBe('http://[::1]:1234/v1');
  });
});
