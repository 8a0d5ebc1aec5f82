import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withVoices } from '../assistant/voices.ts';
import { makeDataFolder } from '../cli/earshot.ts';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder, listSounds, listSpeech } from '../streams/data-folder.ts';
import { converse, HARNESS_MS, installPlayer, soundOf, type Conversation } from './conversation.ts';
import { hasEspeak } from './room.ts';

const dataFolder = findDataFolder();
const STOP_LIMIT_MS = 300;
const load = withVoices(createClipLoader(dataFolder ?? '.'));
let folder: Awaited<ReturnType<typeof makeDataFolder>> | undefined;

// At wall speed, with a loudspeaker and a microphone that are processes, and not yet reliable: alone on a quiet machine one
// attempt of four failed, beside other tests about half. So it is asked for, and counted in the benchmark.
const asked = process.env.EARSHOT_WALL_SPEED === '1';
if (!asked) process.stdout.write('Sessions that speak are tested with EARSHOT_WALL_SPEED=1 only.\n');

beforeAll(async () => {
  if (!asked) return;
  folder = await makeDataFolder({ models: true });
  installPlayer(folder.root);
}, 300_000);
afterAll(() => folder?.remove());

function conversation(name: string, other?: Float32Array): Promise<Conversation> {
  if (!folder) throw new Error('there is no data folder');
  return converse({ dataDir: folder.path, root: folder.root, name, load, ...(other && { other }) });
}

describe.skipIf(!asked || dataFolder === undefined || !hasEspeak() || process.platform !== 'linux')(
  'a session that speaks',
  () => {
    it('says its reply to the end, and hears nobody in it', { timeout: 60_000 }, async () => {
      const { replies, lines, playedSeconds } = await conversation('alone');
      expect(replies.map(({ intent }) => intent)).toEqual(['help']);
      expect(lines).toEqual([]);
      expect(playedSeconds).toBeGreaterThan(6);
    });

    it('stops within 300 ms of a voice, and writes down what it says', { timeout: 60_000 }, async () => {
      const voice = await soundOf(listSpeech(dataFolder ?? '', 'librivox')[1]?.path ?? '', -24, load);
      const { replies, lines, stoppedAfterMs } = await conversation('voice', voice);
      expect(replies).toHaveLength(1);
      expect(stoppedAfterMs).toBeGreaterThan(0);
      expect(stoppedAfterMs).toBeLessThan(STOP_LIMIT_MS + HARNESS_MS);
      expect(lines.join(' ')).toMatch(/young man/i);
    });

    it('goes on after a cough', { timeout: 60_000 }, async () => {
      const cough = await soundOf(listSounds(dataFolder ?? '', 'noise-of-life/cough')[14] ?? '', -26, load);
      const { lines, playedSeconds } = await conversation('cough', cough);
      expect(lines).toEqual([]);
      expect(playedSeconds).toBeGreaterThan(6);
    });
  },
);
