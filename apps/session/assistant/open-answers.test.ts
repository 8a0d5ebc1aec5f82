import { expect, it } from 'vitest';
import type { EventOf } from '#protocol';
import { OpenAnswers, type OpenQuestion } from './open-answers.ts';
import type { Responder } from './responder.ts';

const QUESTION: OpenQuestion = {
  request: 'tell me a story',
  context: {
    assistantName: 'Earshot',
    streamSeconds: 5,
    nowMs: 0,
    summaries: [],
    lines: [],
    sounds: [],
    replies: [],
  },
  reply: {
    type: 'reply',
    id: 4,
    t: 5,
    text: '',
    final: false,
    trigger: { kind: 'transcript', of: 2 },
    latencyMs: 1,
  },
};

/** Says some pieces, then waits until it is stopped. */
function endless(pieces: readonly string[]): { responder: Responder; stopped: () => boolean } {
  let stopped = false;
  return {
    stopped: () => stopped,
    responder: {
      async *respond(_request, _context, signal) {
        yield* pieces;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        stopped = true;
      },
    },
  };
}

function ask(responder: Responder) {
  const said: EventOf<'reply'>[] = [];
  const answers = new OpenAnswers({ responder, now: () => 0, onReply: (reply) => said.push(reply) });
  answers.ask(QUESTION);
  return { said, answers };
}

it('gives up an answer that takes longer than its limit, with what was said of it', async () => {
  const { responder, stopped } = endless(['Once upon ', 'a time']);
  const { said, answers } = ask(responder);
  const startedAt = performance.now();
  await answers.settle(60);
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(said.at(-1)).toMatchObject({ id: 4, final: true, interrupted: true, text: 'Once upon a time' });
  await expect.poll(stopped).toBe(true);
});

it('says why when nothing came before the limit', async () => {
  const { said, answers } = ask(endless([]).responder);
  await answers.settle(30);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatchObject({ final: true, text: expect.stringMatching(/takes too long/) as string });
});

it('stops at once, is final once, and says nothing after it', async () => {
  const { responder, stopped } = endless(['Once ']);
  const { said, answers } = ask(responder);
  await expect.poll(() => said.length).toBe(1);
  answers.stop();
  answers.stop();
  await answers.settle(1000);
  await expect.poll(stopped).toBe(true);
  expect(said.filter(({ final }) => final)).toHaveLength(1);
  expect(said.at(-1)).toMatchObject({ interrupted: true });
});
