import { fixed, table } from '../bench/report.ts';
import { addErrors, compareTexts, wordErrorRate, type ErrorCounts } from '../bench/word-error-rate.ts';
import { listSpeech, type SpeechSetName } from '../streams/data-folder.ts';
import { hear, type Heard } from './hear.ts';
import type { SoundsBench, SoundsResult } from './measure.ts';

/** Between two recordings, so that the last words of each are settled. */
const PAUSE_SAMPLES = 24_000;
/** Of each set so much is read. */
const SET_SAMPLES = 120 * 16_000;
const NO_ERRORS: ErrorCounts = { referenceWords: 0, substitutions: 0, deletions: 0, insertions: 0 };

function textOf({ transcripts }: Heard): string {
  return transcripts.flatMap(({ final, text }) => (final ? [text] : [])).join(' ');
}

/** Recordings of a set one after the other, and what is said in them. */
async function readAloud(
  bench: SoundsBench,
  set: SpeechSetName,
): Promise<{ samples: Float32Array; text: string }> {
  const samples = new Float32Array(bench.quick ? SET_SAMPLES / 6 : SET_SAMPLES);
  const said: string[] = [];
  let position = PAUSE_SAMPLES;
  for (const { path, text } of listSpeech(bench.dataFolder, set)) {
    if (text === undefined) continue;
    const clip = await bench.load(path);
    if (position + clip.length + PAUSE_SAMPLES > samples.length) continue;
    samples.set(clip, position);
    position += clip.length + PAUSE_SAMPLES;
    said.push(text);
  }
  return { samples: samples.subarray(0, position), text: said.join(' ') };
}

/** The same recordings with and without the lane: what is written must not suffer from it. */
export async function measureTranscript(bench: SoundsBench): Promise<SoundsResult> {
  let without = NO_ERRORS;
  let beside = NO_ERRORS;
  let same = true;
  for (const set of ['barista', 'an4', 'librivox'] as const) {
    bench.progress(`transcript, ${set}`);
    const { samples, text } = await readAloud(bench, set);
    const alone = textOf(await hear(samples, bench.models, ['transcribe']));
    const both = textOf(await hear(samples, bench.models, ['transcribe', 'sounds']));
    without = addErrors([without, compareTexts(text, alone)]);
    beside = addErrors([beside, compareTexts(text, both)]);
    same &&= alone === both;
  }
  const rates = [wordErrorRate(without), wordErrorRate(beside)] as const;
  return {
    body: [
      table(
        ['lanes', 'words', 'word errors, %'],
        [
          ['transcribe', without.referenceWords, fixed(rates[0], 2)],
          ['transcribe and sounds', beside.referenceWords, fixed(rates[1], 2)],
        ],
      ),
      same ? 'Both are the same, letter by letter.' : 'They differ.',
    ].join('\n\n'),
    checks: [
      {
        claim: 'word errors not worse with the lane on',
        measured: `${fixed(rates[1], 2)} % beside ${fixed(rates[0], 2)} %`,
        holds: rates[1] <= rates[0],
      },
    ],
  };
}
