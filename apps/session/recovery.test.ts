import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, readJournal, systemClock, type Clock } from '#audio';
import { CHUNK_SAMPLES, secondsToSamples, type AudioChunk } from '#protocol';
import { findRecoverable, journalName, removeStaleJournals } from './recovery.ts';
import { transcript } from './testing/sample-events.ts';
import { makeTemporaryFolder, type TemporaryFolder } from './testing/temporary-folder.ts';
import { TimelineStore } from './timeline/store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let folder: TemporaryFolder;
let journalFolder: string;
let timeline: TimelineStore;
const openTimeline = (): TimelineStore => TimelineStore.open(join(folder.path, 'timeline.sqlite'));

beforeEach(() => {
  folder = makeTemporaryFolder();
  journalFolder = join(folder.path, 'journal');
  timeline = openTimeline();
});
afterEach(() => {
  timeline.close();
  folder.dispose();
});

function chunk(sequence: number): AudioChunk {
  const samples = new Float32Array(CHUNK_SAMPLES).fill(sequence / 1000);
  return { sequence, samples, validSamples: CHUNK_SAMPLES, arrivedAtMs: Date.now() };
}

/** A session with 10 s of sound on disk and its first sentence settled; its number. */
async function listen(): Promise<number> {
  const session = timeline.createSession({
    source: 'Desk microphone',
    live: true,
    engine: 'embedded',
    lanes: ['transcribe'],
    startedAtMs: Date.now(),
  });
  const journal = await Journal.create(journalFolder, { sessionId: journalName(session), maxMinutes: 60 });
  const { id } = session;
  for (let sequence = 0; sequence < 25; sequence += 1) journal.append(chunk(sequence));
  timeline.append(id, transcript(0, 0.5, 3.2, 'The first sentence.'));
  await journal.close();
  return id;
}

/** What the journal of a session is called; the timeline of these tests knows no session 99. */
function nameOf(id: number): string {
  return journalName(id === 99 ? { id, startedAtMs: 1 } : timeline.get(id));
}

function clockAhead(milliseconds: number): Clock {
  return { ...systemClock, now: () => Date.now() + milliseconds };
}

/** What the next start of the program finds. */
function restart(): void {
  timeline.close();
  timeline = openTimeline();
}

describe('recovering', () => {
  it('offers what was heard after the last sentence of a session that was left behind', async () => {
    const id = await listen();
    expect(await findRecoverable(timeline, journalFolder)).toEqual([]);
    restart();
    const [found, ...others] = await findRecoverable(timeline, journalFolder);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ settledSeconds: 3.2, journalStartSeconds: 0, endSeconds: 10 });
    expect(found?.session.id).toBe(id);
    expect(found?.recoverableSeconds).toBeCloseTo(6.8, 9);
    const sequences: number[] = [];
    for await (const { sequence } of readJournal(found?.journalPath ?? '', secondsToSamples(3.2))) {
      sequences.push(sequence);
    }
    expect([sequences[0], sequences.at(-1)]).toEqual([8, 24]);
  });

  it('offers sessions that ended by a failure too, and none that ended well', async () => {
    const [failed, well] = [await listen(), await listen()];
    timeline.endSession(failed, { state: 'interrupted', durationSeconds: 10, endedAtMs: 1 });
    timeline.endSession(well, { state: 'complete', durationSeconds: 10, endedAtMs: 1 });
    const found = await findRecoverable(timeline, journalFolder);
    expect(found.map(({ session }) => session.id)).toEqual([failed]);
  });

  it('offers nothing when everything is settled, or nothing was ever kept', async () => {
    const id = await listen();
    timeline.append(id, transcript(1, 4, 10, 'The rest.'));
    restart();
    expect(await findRecoverable(timeline, journalFolder)).toEqual([]);
    expect(await findRecoverable(timeline, join(folder.path, 'nowhere'))).toEqual([]);
  });
});

describe('journals that nobody asks for', () => {
  it('go: of sessions that ended well at once, of unknown ones after a week', async () => {
    const well = await listen();
    timeline.endSession(well, { state: 'complete', durationSeconds: 10, endedAtMs: 1 });
    const interrupted = await listen();
    const stranger = await Journal.create(journalFolder, { sessionId: nameOf(99), maxMinutes: 1 });
    stranger.append(chunk(0));
    await stranger.close();
    restart();
    const remaining = async (clock: Clock): Promise<string[]> => {
      await removeStaleJournals(timeline, journalFolder, clock);
      return readdirSync(journalFolder).sort();
    };
    const all = [nameOf(well), nameOf(interrupted), nameOf(99)].sort();
    // Written a moment ago by a process that is alive: somebody may be about to go on.
    expect(await remaining(systemClock)).toEqual(all);
    expect(await remaining(clockAhead(60_000))).toEqual(all.slice(1));
    expect(await remaining(clockAhead(8 * DAY_MS))).toEqual([nameOf(interrupted)]);
  });

  it('stay while they may be recovered', async () => {
    const id = await listen();
    restart();
    expect(await removeStaleJournals(timeline, journalFolder, clockAhead(100 * DAY_MS))).toBe(0);
    expect(readdirSync(journalFolder)).toEqual([nameOf(id)]);
  });
});
