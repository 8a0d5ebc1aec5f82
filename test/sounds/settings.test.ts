import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventOf } from '#protocol';
import { earshot, makeDataFolder, parseEvents } from '../cli/earshot.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import { makeAlarm } from './alarms.ts';

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let recording: string;

/** A doorbell, then a smoke alarm, in a quiet room. */
beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
  const samples = new Float32Array(30 * 16_000);
  for (const [name, seconds, at] of [
    ['doorbell', 4, 2],
    ['smoke 3100 Hz', 8, 16],
  ] as const) {
    for (const [index, sample] of makeAlarm(name, seconds).entries())
      samples[at * 16_000 + index] = 0.3 * sample;
  }
  recording = join(folder.root, 'bell-and-alarm.wav');
  await writeFile(recording, encodeWav(samples));
}, 300_000);
afterAll(() => folder.remove());

/** Listens to the recording with these settings; what was heard, and what was said about it. */
async function listen(sounds: object): Promise<{ heard: Set<string>; about: string[]; notices: string[] }> {
  await writeFile(join(folder.path, 'settings.json'), JSON.stringify({ sounds }));
  const { out, exitCode } = await earshot(['listen', recording, '--json', '--no-keep'], {
    dataDir: folder.path,
  });
  expect(exitCode).toBe(0);
  const events = parseEvents(out);
  const named = events.filter((event): event is EventOf<'sound'> => event.type === 'sound');
  const replies = events.filter((event): event is EventOf<'reply'> => event.type === 'reply');
  const labelOf = ({ trigger }: EventOf<'reply'>): string =>
    trigger.kind === 'sound' ? (named.findLast(({ id }) => id === trigger.of)?.label ?? 'unknown') : '';
  const notices = replies.filter(({ aloud }) => aloud === false);
  return {
    heard: new Set(named.map(({ label }) => label)),
    about: replies.map(labelOf),
    notices: notices.map(labelOf),
  };
}

/** Two hours on either side of now, over midnight where it lies between. */
function hoursAroundNow(): { startMinute: number; endMinute: number } {
  const now = new Date();
  const minute = now.getHours() * 60 + now.getMinutes();
  return { startMinute: (minute + 1320) % 1440, endMinute: (minute + 120) % 1440 };
}

describe('what is set for sounds, in a session', () => {
  it('says a word about the door and about the alarm when nothing is set', async () => {
    const { about, notices } = await listen({});
    expect(about).toEqual(['doorbell', 'smoke_alarm']);
    expect(notices).toEqual([]);
  }, 60_000);

  it('shows and does not say what is to be shown only', async () => {
    const { heard, about } = await listen({ classes: { doorbell: { action: 'show' } } });
    expect(heard).toContain('doorbell');
    expect(about).toEqual(['smoke_alarm']);
  }, 60_000);

  it('gives notice of what is to be notified, not aloud, and still says the rest', async () => {
    const { about, notices } = await listen({ classes: { doorbell: { action: 'notify' } } });
    expect(about).toEqual(['doorbell', 'smoke_alarm']);
    expect(notices).toEqual(['doorbell']);
  }, 60_000);

  it('hears nothing of what is switched off', async () => {
    const { heard, about } = await listen({ classes: { doorbell: { enabled: false } } });
    expect(heard).not.toContain('doorbell');
    expect(about).toEqual(['smoke_alarm']);
  }, 60_000);

  it('tells only danger in the quiet hours', async () => {
    const { heard, about } = await listen({ quietHours: hoursAroundNow() });
    expect(heard).toContain('doorbell');
    expect(about).toEqual(['smoke_alarm']);
  }, 60_000);
});
