import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withVoices } from '../assistant/voices.ts';
import { whyNoPulse } from '../capture/pulse.ts';
import { makeDataFolder } from '../cli/earshot.ts';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder } from '../streams/data-folder.ts';
import { hasEspeak } from './room.ts';
import { SoundingRoom } from './sounding-room.ts';
import { judgeInRoom } from './sounding-session.ts';
import { bargeInSessions } from './session-cases.ts';

const dataFolder = findDataFolder();
const load = withVoices(createClipLoader(dataFolder ?? '.'));
const missing =
  whyNoPulse() ??
  (dataFolder === undefined
    ? 'the recordings are not here'
    : hasEspeak()
      ? undefined
      : 'there is no espeak-ng');
if (missing !== undefined) process.stdout.write(`A real player is not interrupted: ${missing}.\n`);

/** The long reply, nobody says a word. */
const WHOLE_SECONDS = 8;
const ROOM_SECONDS = 40;

/**
 * The real command, its real player and a real microphone at wall speed. What depends on the machine, how soon it stops,
 * is measured by the benchmark (`--only room`).
 */
describe.skipIf(missing !== undefined)(
  'a reply out of a real player',
  { timeout: 4 * ROOM_SECONDS * 1000, retry: 1 },
  () => {
    let room: SoundingRoom;
    let folder: Awaited<ReturnType<typeof makeDataFolder>>;
    beforeAll(async () => {
      folder = await makeDataFolder({ models: true });
      room = await SoundingRoom.open();
    }, 300_000);
    afterAll(async () => {
      await room.close();
      await folder.remove();
    });

    const judge = (index: number) => {
      const { name, clip = '' } = bargeInSessions(dataFolder ?? '')[index] ?? { name: '' };
      return judgeInRoom(room, { name, clip, afterSeconds: 3 }, folder.path, load);
    };

    it('stops for a voice, long before its end, and what is said is written down without it', async () => {
      const { stoppedAfterMs, lines, reply, request } = await judge(5);
      expect(reply).toMatch(/^You can say/);
      expect(stoppedAfterMs).toBeDefined();
      const written = [request, ...lines].join(' ');
      expect(written).toMatch(/coffee/i);
      expect(written).not.toMatch(/timer|translate|missed/i);
    });

    it('goes on while somebody coughs, and is not heard as anybody’s words', async () => {
      const { stoppedAfterMs, spokenSeconds, lines } = await judge(10);
      expect(stoppedAfterMs).toBeUndefined();
      expect(spokenSeconds).toBeGreaterThan(WHOLE_SECONDS);
      expect(lines).toEqual([]);
    });
  },
);
