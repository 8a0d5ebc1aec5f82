import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CHUNK_MS } from '#protocol';
import { latencyScenario } from '../../streams/scenarios.ts';
import { speechOf, type SpeechEntry } from '../../streams/timeline.ts';
import type { BenchContext } from '../bench-context.ts';
import { eventsOf, loopStats, runEarshotWell, type EarshotRun } from '../earshot-run.ts';
import { fixed, table, type SectionReport } from '../report.ts';
import { median, percentile } from '../statistics.ts';
import { openDemo, writeStream } from '../stream-file.ts';
import { finalDelaysMs, normalisedErasure, partialLagsInChunks, translationsOf } from '../translation.ts';

const FINAL_DELAY_LIMIT_MS = 250;
const PARTIAL_LAG_LIMIT_CHUNKS = 2;
const ERASURE_LIMIT = 0.2;
const SAMPLE_EVERY_MS = 500;

/** What a person would say in Spanish, by the words of the recording. */
async function readReferences(): Promise<Record<string, string>> {
  const path = join('test', 'bench', 'translation-references.json');
  return z.record(z.string(), z.string()).parse(JSON.parse(await readFile(path, 'utf8')));
}

/** The final translations of the transcripts that began while a sentence was spoken. */
function translationDuring(run: EarshotRun, { start, end }: SpeechEntry): { heard: string; read: string } {
  const heard = eventsOf(run, 'transcript').filter(
    ({ event }) => event.final && event.text !== '' && event.start < end && event.end > start,
  );
  const finals = eventsOf(run, 'translation').filter(({ event }) => event.final);
  const read = heard.flatMap(({ event }) =>
    finals.filter((translation) => translation.event.of === event.id),
  );
  return {
    heard: heard.map(({ event }) => event.text).join(' '),
    read: read.map(({ event }) => event.text).join(' '),
  };
}

/** English recordings at wall speed, read in Spanish: how late, how steady, and what it says. */
export async function measureTranslation(context: BenchContext): Promise<SectionReport> {
  const { dataFolder } = context;
  const references = await readReferences();
  const isShort = dataFolder === undefined || context.quick;
  const stream = isShort
    ? await openDemo()
    : await writeStream(context, latencyScenario(dataFolder, { onlyWholeSentences: true }));
  const seconds = fixed(stream.timeline.durationSeconds, 0);
  context.progress(`translate: twice ${seconds} s at wall speed, with and without translation`);
  const listen = (lanes: string) =>
    runEarshotWell(
      ['listen', stream.path, '--json', '--no-keep', '--realtime', '--lanes', lanes, '--to', 'es'],
      { ...context, sampleEveryMs: SAMPLE_EVERY_MS },
    );
  const plain = context.quick ? undefined : await listen('transcribe,sounds');
  const run = await listen('transcribe,translate,sounds');
  const delays = finalDelaysMs(run);
  const known = delays.filter((delay) => delay !== undefined);
  const lags = partialLagsInChunks(run, CHUNK_MS);
  const erasure = normalisedErasure(translationsOf(run));
  const { stalls } = loopStats(run);
  const memory = (one: EarshotRun | undefined) => fixed((one?.usage.peakProportionalBytes() ?? NaN) / 1e6, 0);
  const read = speechOf(stream.timeline).filter(({ text }) => references[text] !== undefined);
  return {
    title: 'Translation into Spanish',
    body: [
      `\`earshot listen --realtime --lanes transcribe,translate,sounds --to es\` over ${seconds} s of speech with pauses, while the recogniser runs. From the arrival of a final transcript to that of its final translation; from a partial transcript to the next words of its translation; words that were shown and taken back for each word of the final translations.`,
      table(
        ['', 'median', 'p95', 'largest'],
        [
          [
            'final transcript to final translation, ms',
            fixed(median(known), 0),
            fixed(percentile(known, 0.95), 0),
            fixed(Math.max(...known), 0),
          ],
          [
            'partial transcript to new words, chunks',
            fixed(median(lags), 2),
            fixed(percentile(lags, 0.95), 2),
            fixed(Math.max(...lags), 2),
          ],
        ],
      ),
      `Final transcripts without a translation: ${delays.length - known.length}. Memory of all processes at most: ${memory(run)} MB with the lane, ${memory(plain)} MB without.`,
      table(
        ['said', 'heard', 'Earshot', 'a person'],
        read.map((entry) => {
          const { heard, read: spanish } = translationDuring(run, entry);
          return [entry.text, heard, spanish, references[entry.text] ?? ''];
        }),
      ),
    ],
    checks: [
      {
        claim: `final translation at most ${FINAL_DELAY_LIMIT_MS} ms after the final transcript (median)`,
        measured: `${fixed(median(known), 0)} ms`,
        holds: known.length === delays.length && median(known) <= FINAL_DELAY_LIMIT_MS,
      },
      {
        claim: `partial translations at most ${PARTIAL_LAG_LIMIT_CHUNKS} chunks behind (median)`,
        measured: `${fixed(median(lags), 2)} chunks`,
        holds: median(lags) <= PARTIAL_LAG_LIMIT_CHUNKS,
      },
      {
        claim: `normalised erasure under ${ERASURE_LIMIT}`,
        measured: fixed(erasure, 3),
        holds: erasure < ERASURE_LIMIT,
      },
      { claim: 'no stalls with the translate lane', measured: String(stalls), holds: stalls === 0 },
    ],
  };
}
