import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { CHUNK_MS } from '#protocol';
import { percentile } from '../statistics.ts';
import { openDemo } from '../stream-file.ts';
import { ChunkFeeder, openUnified, untilChunk } from './engine-run.ts';
import { OtherWork } from './other-work.ts';

/** One chunk of a session that goes on and on. */
export interface HeardChunk {
  /** As its caller waits, in milliseconds. */
  readonly wallMs: number;
  /** Resident bytes of the process that holds the model, after it. */
  readonly resident: number;
  /** Cores that others kept busy since the chunk before. */
  readonly otherCores: number;
}

/** The window is full, and old steps have left once. */
const FILLED_CHUNKS = 200;
/** Chunks between two writes of the journal: ten seconds. */
const WRITTEN_CHUNKS = 25;

/**
 * Hears the demo recording in a circle.
 * @param paced - one chunk every 0.4 s; else one after the other.
 * @param journal - a file that gets a line for each chunk while it goes on, so that nothing is lost when it is ended early.
 */
export async function hearLong(
  folder: string,
  chunks: number,
  paced: boolean,
  journal?: string,
): Promise<HeardChunk[]> {
  const { samples } = await openDemo();
  const session = await openUnified(folder);
  try {
    const feeder = new ChunkFeeder(session, samples);
    const heard: HeardChunk[] = [];
    if (journal !== undefined) await writeFile(journal, 'milliseconds,resident,otherCores\n');
    let written = 0;
    let work = new OtherWork();
    const startedAt = performance.now();
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      if (paced) await untilChunk(chunk, startedAt);
      const { wallMs } = await feeder.hear();
      heard.push({ wallMs, resident: process.memoryUsage.rss(), otherCores: paced ? work.cores() : NaN });
      if (paced) work = new OtherWork();
      const unwritten = heard.length - written;
      if (journal !== undefined && (unwritten === WRITTEN_CHUNKS || heard.length === chunks)) {
        await appendFile(journal, heard.slice(written).map(toLine).join(''));
        written = heard.length;
      }
    }
    return heard;
  } finally {
    await session.close();
  }
}

function toLine({ wallMs, resident, otherCores }: HeardChunk): string {
  return `${wallMs.toFixed(2)},${resident},${otherCores.toFixed(3)}\n`;
}

/** What a journal holds, also of a run that was ended early. */
export async function readJournal(path: string): Promise<HeardChunk[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(1).filter(Boolean);
  return lines.map((line) => {
    const [wallMs = NaN, resident = NaN, otherCores = NaN] = line.split(',').map(Number);
    return { wallMs, resident, otherCores };
  });
}

/** Others may take this much of a core from a chunk before it tells more of them than of the model. */
const UNDISTURBED_CORES = 0.2;

/** Was this chunk left alone, as far as is known? */
export function isUndisturbed({ otherCores }: HeardChunk): boolean {
  return !(otherCores > UNDISTURBED_CORES);
}

/**
 * The largest that was resident in the last quarter against the largest until a quarter was over; not before the window
 * was full for the first time.
 */
export function growthOf(heard: readonly HeardChunk[]): number {
  const quarter = Math.floor(heard.length / 4);
  const most = (part: readonly HeardChunk[]): number => Math.max(...part.map(({ resident }) => resident));
  return most(heard.slice(-quarter)) / most(heard.slice(0, Math.max(quarter, FILLED_CHUNKS))) - 1;
}

/** A part of a run. */
export interface Stretch {
  readonly fromMinute: number;
  readonly p50: number;
  readonly p99: number;
  readonly largest: number;
  readonly residentMost: number;
  readonly otherCores: number;
  readonly disturbed: number;
}

/** A run in `count` parts of equal length; times of the chunks that were not disturbed. */
export function stretchesOf(heard: readonly HeardChunk[], count: number): Stretch[] {
  const length = Math.ceil(heard.length / count);
  return Array.from({ length: count }, (_, i) => heard.slice(i * length, (i + 1) * length))
    .filter((part) => part.length > 0)
    .map((part, i) => {
      const times = part.filter(isUndisturbed).map(({ wallMs }) => wallMs);
      return {
        fromMinute: (i * length * CHUNK_MS) / 60_000,
        p50: percentile(times, 0.5),
        p99: percentile(times, 0.99),
        largest: percentile(times, 1),
        residentMost: Math.max(...part.map(({ resident }) => resident)),
        otherCores: part.reduce((sum, { otherCores }) => sum + otherCores, 0) / part.length,
        disturbed: part.length - times.length,
      };
    });
}
