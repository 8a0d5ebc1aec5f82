import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { prosodyOf, SAMPLE_RATE_HZ } from '#protocol';
import { findSystemSpeaker, type SystemSpeaker } from '#session';
import { whyNoNaudiodon, whyNoPulse } from '../capture/pulse.ts';
import { hasEspeak } from './room.ts';
import { SoundingRoom } from './sounding-room.ts';

/** As it ships. */
const PLAYBACK = fileURLToPath(new URL('../../out/capture.js', import.meta.url));
const SENTENCE = 'One two three four five six seven eight nine ten.';
/** What a loudspeaker gives beside what it was handed: the resampler's and the buffers' ends. */
const ENDS_SECONDS = 0.1;

/** In place of macOS's program, with its arguments: a voice that writes to a file alone. */
const SAY = `#!/bin/sh
[ "$1" = -v ] && [ "$2" = "?" ] && exit 0
while [ $# -gt 0 ]; do
  [ "$1" = -o ] && path=$2
  shift
done
exec espeak-ng --stdin -w "$path"
`;

const missing = whyNoPulse() ?? whyNoNaudiodon() ?? (hasEspeak() ? undefined : 'there is no espeak-ng');
if (missing !== undefined) process.stdout.write(`Our own player is not tested: ${missing}.\n`);

/** How macOS and Windows play: the real process with the real library, in a room of PulseAudio. */
describe.skipIf(missing !== undefined)('our own player', { timeout: 60_000 }, () => {
  let room: SoundingRoom;
  let folder: string;
  let speaker: SystemSpeaker | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-say-'));
    writeFileSync(join(folder, 'say'), SAY, { mode: 0o755 });
    room = await SoundingRoom.open();
    for (const [name, value] of Object.entries(room.env)) vi.stubEnv(name, value);
    vi.stubEnv('PATH', `${folder}:${process.env.PATH ?? ''}`);
    speaker = await findSystemSpeaker({ platform: 'darwin', playbackPath: PLAYBACK });
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await room.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Seconds between the first and the last sound of the loudspeaker from a moment of the recording on. */
  function soundingSeconds(from: number): number {
    const { loudspeaker } = room.recording();
    const isSound = (sample: number): boolean => Math.abs(sample) > 0.002;
    const first = loudspeaker.subarray(from).findIndex(isSound);
    return first < 0 ? 0 : (loudspeaker.findLastIndex(isSound) - from - first) / SAMPLE_RATE_HZ;
  }

  async function speak(stopAfterSeconds = Infinity): Promise<{ handed: number; sounded: number }> {
    const from = room.recording().loudspeaker.length;
    const stop = new AbortController();
    let handed = 0;
    await speaker?.speak(SENTENCE, prosodyOf('normal'), stop.signal, {
      played: (block, sampleRateHz) => {
        handed += block.length / sampleRateHz;
        if (handed > stopAfterSeconds) stop.abort();
      },
    });
    // What is under way to the recording comes to its end.
    await vi.waitFor(
      () =>
        expect(
          room
            .recording()
            .loudspeaker.slice(-SAMPLE_RATE_HZ / 2)
            .every((sample) => Math.abs(sample) <= 0.002),
        ).toBe(true),
      {
        timeout: 10_000,
        interval: 200,
      },
    );
    return { handed, sounded: soundingSeconds(from) };
  }

  it('lets the sound of a voice that only writes files be known', () => {
    expect(speaker?.name).toBe('say');
    expect(speaker?.knowsItsSound).toBe(true);
  });

  it('plays a sentence to its end', async () => {
    const { handed, sounded } = await speak();
    expect(handed).toBeGreaterThan(2);
    expect(sounded).toBeGreaterThan(handed - 0.7);
    expect(sounded).toBeLessThan(handed + ENDS_SECONDS);
  });

  it('lets nothing be heard that it was not given yet when it is stopped', async () => {
    const { handed, sounded } = await speak(0.8);
    expect(handed).toBeLessThan(1);
    expect(sounded).toBeGreaterThan(0.1);
    expect(sounded).toBeLessThan(handed + ENDS_SECONDS);
  });

  it('is not there where there is no loudspeaker', async () => {
    vi.stubEnv('PULSE_SERVER', 'unix:/nowhere');
    const without = await findSystemSpeaker({ platform: 'darwin', playbackPath: PLAYBACK });
    vi.stubEnv('PULSE_SERVER', room.env.PULSE_SERVER);
    expect(without?.name).toBe('say');
    expect(without?.knowsItsSound).toBe(false);
  });
});
