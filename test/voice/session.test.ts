import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withVoices } from '../assistant/voices.ts';
import { makeDataFolder } from '../cli/earshot.ts';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder } from '../streams/data-folder.ts';
import { hasEspeak } from './room.ts';
import { bargeInSessions, echoSessions, judgeSession, type SessionCase } from './session-cases.ts';

const dataFolder = findDataFolder();
const load = withVoices(createClipLoader(dataFolder ?? '.'));
let folder: Awaited<ReturnType<typeof makeDataFolder>> | undefined;

beforeAll(async () => {
  if (dataFolder !== undefined) folder = await makeDataFolder({ models: true });
}, 300_000);
afterAll(() => folder?.remove());

async function judge(cases: readonly SessionCase[], index: number) {
  const chosen = cases[index];
  if (!chosen || !folder) throw new Error('there is no such case');
  return judgeSession(chosen, folder.path, load);
}

// One of each kind, from the first request to the last word; the benchmark holds all 40 (`--only voice`). Waits are for the
// inference process alone: a busy machine makes it longer and nothing else.
describe.skipIf(dataFolder === undefined || !hasEspeak() || process.platform !== 'linux')(
  'a session that speaks',
  { timeout: 120_000 },
  () => {
    it('says its reply to the end, and hears nobody in it', async () => {
      const { replies, lines, stopsRight, stopsAtSeconds } = await judge(
        bargeInSessions(dataFolder ?? ''),
        16,
      );
      expect(replies.map(({ intent }) => intent)).toEqual(['help']);
      expect({ lines, stopsRight, stopsAtSeconds }).toEqual({
        lines: [],
        stopsRight: true,
        stopsAtSeconds: [],
      });
    });

    it('stops within 300 ms of a voice, and writes down what it says', async () => {
      const { lines, stopsRight, stoppedAfterMs } = await judge(bargeInSessions(dataFolder ?? ''), 5);
      expect(stopsRight, `${stoppedAfterMs} ms`).toBe(true);
      expect(lines.join(' ')).toMatch(/^I want a light ro.* coffee/i);
    });

    it('goes on while somebody coughs', async () => {
      const { lines, stopsRight } = await judge(bargeInSessions(dataFolder ?? ''), 12);
      expect({ lines, stopsRight }).toEqual({ lines: [], stopsRight: true });
    });

    it('hears somebody who interrupts it without the words before', async () => {
      const { lines, hearsRight } = await judge(echoSessions(dataFolder ?? ''), 14);
      expect(hearsRight, lines.join(' / ')).toBe(true);
    });
  },
);
