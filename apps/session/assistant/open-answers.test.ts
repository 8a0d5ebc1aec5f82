import { describe, expect, it } from 'vitest';
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

function ask(responder: Responder, confirmWithinMs = 60_000) {
  const said: EventOf<'reply'>[] = [];
  const answers = new OpenAnswers({
    responder,
    now: () => 0,
    confirmWithinMs,
    onReply: (reply) => said.push(reply),
  });
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

describe('a question to the person', () => {
  const notes = (): { responder: Responder; done: string[] } => {
    const done: string[] = [];
    return {
      done,
      responder: {
        async *respond(_request, { confirm }, signal) {
          done.push((await confirm?.('Shall I delete your notes?', signal)) === true ? 'deleted' : 'kept');
          yield `They are ${done.at(-1)}.`;
        },
      },
    };
  };

  it.each([
    ['Yes, please.', 'deleted'],
    ['Okay, do it.', 'deleted'],
    ['No.', 'kept'],
    ['Yesterday it rained.', 'kept'],
  ])('%s', async (line, outcome) => {
    const { responder, done } = notes();
    const { said, answers } = ask(responder);
    expect(answers.hearAnswer('Yes.')).toBe(false);
    await expect.poll(() => said.length).toBe(1);
    expect(said[0]).toMatchObject({ final: false, text: 'Shall I delete your notes? ' });
    expect(answers.hearAnswer(line)).toBe(true);
    await answers.settle(1000);
    expect(done).toEqual([outcome]);
    expect(said.at(-1)).toMatchObject({
      final: true,
      text: `Shall I delete your notes? They are ${outcome}.`,
    });
    expect(answers.hearAnswer('Yes.')).toBe(false);
  });

  it('is no when nobody answers, and when the answer is cut off', async () => {
    const silent = notes();
    const { answers } = ask(silent.responder, 20);
    await answers.settle(2000);
    expect(silent.done).toEqual(['kept']);
    const cut = notes();
    const { said, answers: others } = ask(cut.responder);
    await expect.poll(() => said.length).toBe(1);
    others.stop();
    await expect.poll(() => cut.done).toEqual(['kept']);
    expect(others.hearAnswer('Yes.')).toBe(false);
  });
});
