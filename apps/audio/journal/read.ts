import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CHUNK_SAMPLES, chunkOfSample, EarshotError, toEarshotError, type AudioChunk } from '#protocol';
import { systemClock, type Clock } from '../clock.ts';
import { JOURNAL_VERSION, parseSegment, sequenceOfSegment, type ParsedSegment } from './format.ts';
import { SIGN_OF_LIFE_MS } from './journal.ts';

/** A journal found on disk. */
export interface JournalInfo {
  readonly sessionId: string;
  /** What `readJournal` takes. */
  readonly path: string;
  readonly createdAtMs: number;
  /** Sequence of the first chunk that is still there. */
  readonly firstSequence: number;
  /** Chunks that `readJournal` gives. */
  readonly chunkCount: number;
  /** Valid samples in those chunks. */
  readonly sampleCount: number;
  readonly bytes: number;
  /** A process that is alive is writing it now. */
  readonly active: boolean;
}

interface SegmentFile {
  readonly path: string;
  readonly firstSequence: number;
}

/**
 * The chunks of a journal in order, from the chunk that holds `fromSample` (or the first that is still there), as
 * they were heard. A torn tail is left out; a damaged chunk in the middle comes as silence, so that stream time stays true.
 * Throws `not-found` or `store-failed`.
 */
export async function* readJournal(
  path: string,
  fromSample = 0,
): AsyncGenerator<AudioChunk, void, undefined> {
  const segments = await segmentFiles(path);
  if (segments.length === 0) throw new EarshotError('not-found', `There is no journal in ${path}.`);
  const firstWanted = chunkOfSample(fromSample);
  const firstSegment = Math.max(
    0,
    segments.findLastIndex((segment) => segment.firstSequence <= firstWanted),
  );

  let expected: number | undefined;
  for (const segment of segments.slice(firstSegment)) {
    const { chunks } = await readSegment(segment.path);
    for (const chunk of chunks) {
      if (chunk.sequence < (expected ?? firstWanted)) continue;
      for (let missing = expected ?? chunk.sequence; missing < chunk.sequence; missing += 1) {
        yield silentChunk(missing, chunk.arrivedAtMs);
      }
      yield chunk;
      expected = chunk.sequence + 1;
    }
  }
}

/** Journals below a folder, oldest first; an empty list when the folder is not there. */
export async function listJournals(folder: string, clock: Clock = systemClock): Promise<JournalInfo[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(missingIsEmpty);
  const journals: JournalInfo[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const info = await describeJournal(join(folder, entry.name), clock);
    if (info) journals.push(info);
  }
  return journals.sort((a, b) => a.createdAtMs - b.createdAtMs);
}

/** Reads the first and the last segment only; those between are whole unless someone changed them. */
async function describeJournal(path: string, clock: Clock): Promise<JournalInfo | undefined> {
  const segments = await segmentFiles(path);
  const [firstSegment] = segments;
  if (!firstSegment) return undefined;
  const { header, chunks } = await readSegment(firstSegment.path);
  const stats = (await Promise.all(segments.map((segment) => stat(segment.path).catch(() => [])))).flat();
  const youngestMs = Math.max(...stats.map((file) => file.mtimeMs));
  const firstSequence = chunks[0]?.sequence ?? firstSegment.firstSequence;
  const last = await lastChunk(segments);
  const chunkCount = last ? last.sequence - firstSequence + 1 : 0;
  return {
    sessionId: header?.sessionId ?? basename(path),
    path,
    createdAtMs: header?.createdAtMs ?? Math.min(...stats.map((file) => file.mtimeMs)),
    firstSequence,
    chunkCount,
    sampleCount: last ? (chunkCount - 1) * CHUNK_SAMPLES + last.validSamples : 0,
    bytes: stats.reduce((sum, file) => sum + file.size, 0),
    active:
      header !== undefined && isAlive(header.processId) && clock.now() - youngestMs < 3 * SIGN_OF_LIFE_MS,
  };
}

async function lastChunk(segments: readonly SegmentFile[]): Promise<AudioChunk | undefined> {
  for (const segment of segments.toReversed()) {
    const chunk = (await readSegment(segment.path)).chunks.at(-1);
    if (chunk) return chunk;
  }
  return undefined;
}

async function segmentFiles(path: string): Promise<SegmentFile[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(missingIsEmpty);
  return entries
    .flatMap((entry) => {
      const firstSequence = entry.isFile() ? sequenceOfSegment(entry.name) : undefined;
      return firstSequence === undefined ? [] : [{ path: join(path, entry.name), firstSequence }];
    })
    .sort((a, b) => a.firstSequence - b.firstSequence);
}

async function readSegment(path: string): Promise<ParsedSegment> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    // The oldest segment of a journal that is being written may go at any time.
    missingIsEmpty(thrown);
    return { chunks: [] };
  }
  const segment = parseSegment(bytes);
  if (segment.header && segment.header.version > JOURNAL_VERSION) {
    throw new EarshotError('store-failed', `${path} was written by a newer Earshot; update to read it.`);
  }
  return segment;
}

function silentChunk(sequence: number, arrivedAtMs: number): AudioChunk {
  return { sequence, samples: new Float32Array(CHUNK_SAMPLES), validSamples: CHUNK_SAMPLES, arrivedAtMs };
}

function missingIsEmpty(thrown: unknown): [] {
  if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR'))
    return [];
  throw toEarshotError(thrown, 'store-failed');
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (thrown) {
    // Not ours to signal is alive all the same.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
