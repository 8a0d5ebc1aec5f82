import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EarshotEvent, EventOf } from '#protocol';
import { composeRoom, pcmBytes } from '../assistant/compose.ts';
import { saidClip, withVoices } from '../assistant/voices.ts';
import { earshot, makeDataFolder, type RunningEarshot } from '../cli/earshot.ts';
import { listenWith, repliesIn } from './listening.ts';
import { LLM_SENTENCES } from './requests.ts';
import { startScriptedServer, type ScriptedServer } from './server-process.ts';

/** Spoken to the built command: what a language model then may do, and what is left when the command dies. */

let server: ScriptedServer;
let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let running: RunningEarshot | undefined;

beforeAll(async () => {
  server = await startScriptedServer();
}, 300_000);
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await makeDataFolder({ models: true });
}, 300_000);
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.done;
  await folder.remove();
});

const load = withVoices(() => Promise.reject(new Error('only made voices speak here')));

/** A sentence in a quiet room, and the pause behind it. */
async function sayIt(to: RunningEarshot, name: keyof typeof LLM_SENTENCES): Promise<void> {
  const { voice, text } = LLM_SENTENCES[name];
  const room = await composeRoom([{ clip: saidClip(voice, text), atSeconds: 1 }], 8, load);
  to.child.stdin.write(pcmBytes(room));
}

async function listen(model: string): Promise<RunningEarshot> {
  running = await listenWith({ dataDir: folder.path, address: server.address, model, keep: true });
  return running;
}

const lastReply = (events: readonly EarshotEvent[]): Partial<EventOf<'reply'>> =>
  repliesIn(events).at(-1) ?? {};
const finalReply = (beginning: string) => (events: readonly EarshotEvent[]) => {
  const { text = '', final } = lastReply(events);
  return final === true && text.startsWith(beginning);
};

const QUESTION = 'Shall I delete your notes? Say yes or no.';

/** Takes a note, wants it deleted, and gives an answer to the question whether it shall be. */
async function wantNotesDeleted(answer: 'yes' | 'no'): Promise<Partial<EventOf<'reply'>>> {
  const session = await listen('eraser');
  await sayIt(session, 'note');
  await session.until(finalReply('Noted: '));
  expect(await notes()).toMatch(/plumber/);
  await sayIt(session, 'deletion');
  await session.until((events) => lastReply(events).text?.trim() === QUESTION);
  expect(lastReply(session.events()).final).toBe(false);
  await sayIt(session, answer);
  await session.until(finalReply(QUESTION));
  session.child.stdin.end();
  const { exitCode, err } = await session.done;
  expect(exitCode, err).toBe(0);
  return lastReply(session.events());
}

async function notes(): Promise<string> {
  return (await earshot(['ask', '--last', 'read my notes'], { dataDir: folder.path })).out;
}

describe('what somebody says to a session with a language model', { timeout: 120_000 }, () => {
  it('lets it start a timer, which rings', async () => {
    const session = await listen('cook');
    await sayIt(session, 'timer');
    await session.until(finalReply('Result: The timer runs for 8 seconds.'));
    const asked = (await server.told()).findLast(({ body }) => body.model === 'cook')?.body;
    expect(asked?.tools?.map(({ function: { name } }) => name)).toEqual(['start_timer']);
    session.child.stdin.write(Buffer.alloc(12 * 32_000));
    await session.until(finalReply('The timer of 8 seconds is over.'));
    session.child.stdin.end();
    expect(await session.done).toMatchObject({ exitCode: 0 });
  });

  it('lets it delete the notes once a voice has said yes', async () => {
    expect(await wantNotesDeleted('yes')).toMatchObject({
      text: `${QUESTION} Result: The note is deleted.`,
    });
    expect(await notes()).toMatch(/There are no notes/);
  });

  it('keeps the notes when a voice has said no', async () => {
    const { text } = await wantNotesDeleted('no');
    expect(text).toBe(`${QUESTION} Result: Refused: the person did not confirm it. Nothing was changed.`);
    expect(await notes()).toMatch(/plumber/);
  });
});

describe.skipIf(process.platform === 'win32')('a command that dies in the middle of a reply', () => {
  it('leaves what was heard, and what was said of the reply', { timeout: 120_000 }, async () => {
    const session = await listen('endless');
    await sayIt(session, 'story');
    await session.until((events) => (lastReply(events).text ?? '').length > 20);
    session.child.kill('SIGKILL');
    await session.done;
    const { out } = await earshot(['sessions', 'show', '1', '--json'], { dataDir: folder.path });
    const { entries } = JSON.parse(out) as { entries: EarshotEvent[] };
    const lines = entries.filter((event) => event.type === 'transcript');
    expect(lines.map(({ text }) => text).join(' ')).toMatch(/tell me,? a story/i);
    const replies = repliesIn(entries);
    expect(replies).toEqual([expect.objectContaining({ final: true, interrupted: true })]);
    // A piece comes every 5 ms, and those of the last half second may be lost.
    expect(replies[0]?.text).toMatch(/^and /);
    expect(replies[0]?.trigger).toEqual({ kind: 'transcript', of: lines.at(-1)?.id });
  });
});
