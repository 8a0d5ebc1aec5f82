import { listSpeech, SPEECH_SETS, type SpeechClip, type SpeechSetName } from '../../streams/data-folder.ts';
import { speechOf } from '../../streams/timeline.ts';
import type { BenchContext } from '../bench-context.ts';
import { runEarshotWell, transcriptText } from '../earshot-run.ts';
import { openOffline, type OfflineTranscriber } from '../offline.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { openDemo } from '../stream-file.ts';
import { addErrors, compareTexts, wordErrorRate, type ErrorCounts } from '../word-error-rate.ts';

/** Clips of a set that a quick run listens to. */
const QUICK_CLIPS = 3;
/** The streaming path may be this many points worse than one offline pass. */
const MOST_POINTS_BEHIND = 2;

interface SetResult {
  readonly name: string;
  readonly clips: number;
  readonly streaming: ErrorCounts;
  readonly offline: ErrorCounts | undefined;
}

type SpokenClip = SpeechClip & { readonly text: string };

/** Every clip alone through the whole command, with a partial at every chunk, against one offline pass. */
export async function measureAccuracy(context: BenchContext): Promise<SectionReport> {
  const offline = await openOffline(context);
  const results: SetResult[] = [];
  const examples: string[][] = [];
  try {
    if (context.dataFolder === undefined) results.push(await measureDemo(context, offline));
    else {
      for (const set of SPEECH_SETS) {
        const result = await measureSet(context, context.dataFolder, set, offline, examples);
        if (result) results.push(result);
      }
    }
  } finally {
    await offline?.close();
  }
  const all: SetResult = {
    name: 'all',
    clips: results.reduce((sum, result) => sum + result.clips, 0),
    streaming: addErrors(results.map((result) => result.streaming)),
    offline: offline && addErrors(results.flatMap((result) => result.offline ?? [])),
  };
  return {
    title: 'Word error rate, clip by clip',
    body: [
      'Each clip through `earshot listen --pace live --sync`: a partial at every chunk, as from a microphone; without the queue, so that a fast reading skips none. Offline: the whole clip in one pass of the same model. Numbers are compared digit by digit, spelled letters as letters.',
      table(
        ['set', 'clips', 'words', 'WER streaming %', 'S / D / I', 'WER offline %', 'difference'],
        [...results, all].map(row),
      ),
      ...(examples.length > 0
        ? [
            'Clips that the two paths hear differently:',
            table(['clip', 'said', 'streaming', 'offline'], examples),
          ]
        : []),
    ],
    checks: checksOf(results.concat(all)),
  };
}

async function measureSet(
  context: BenchContext,
  dataFolder: string,
  set: SpeechSetName,
  offline: OfflineTranscriber | undefined,
  examples: string[][],
): Promise<SetResult | undefined> {
  const spoken = listSpeech(dataFolder, set).filter((clip): clip is SpokenClip => clip.text !== undefined);
  if (spoken.length === 0) return undefined;
  const clips = context.quick ? spoken.slice(0, QUICK_CLIPS) : spoken;
  const streaming: ErrorCounts[] = [];
  const whole: ErrorCounts[] = [];
  for (const [index, clip] of clips.entries()) {
    context.progress(`${set} ${index + 1}/${clips.length}`);
    const path = `${dataFolder}/${clip.path}`;
    const run = await runEarshotWell(
      ['listen', path, '--json', '--no-keep', '--pace', 'live', '--sync'],
      context,
    );
    const heard = transcriptText(run);
    const counts = compareTexts(clip.text, heard);
    streaming.push(counts);
    if (!offline) continue;
    const text = await offline.transcribe(await context.loadClip(clip.path));
    const offlineCounts = compareTexts(clip.text, text);
    whole.push(offlineCounts);
    if (wordErrorRate(offlineCounts) !== wordErrorRate(counts)) {
      examples.push([clip.path.replace('speech/', ''), clip.text, heard, text]);
    }
  }
  return {
    name: set,
    clips: clips.length,
    streaming: addErrors(streaming),
    offline: offline && addErrors(whole),
  };
}

async function measureDemo(
  context: BenchContext,
  offline: OfflineTranscriber | undefined,
): Promise<SetResult> {
  const demo = await openDemo();
  const said = speechOf(demo.timeline);
  const run = await runEarshotWell(
    ['listen', demo.path, '--json', '--no-keep', '--pace', 'live', '--sync'],
    context,
  );
  const streaming = compareTexts(said.map((entry) => entry.text).join(' '), transcriptText(run));
  if (!offline) return { name: 'demo', clips: 1, streaming, offline: undefined };
  const whole: ErrorCounts[] = [];
  for (const entry of said) {
    const from = Math.round(Math.max(0, entry.start - 0.3) * 16_000);
    const samples = demo.samples.slice(from, Math.round((entry.end + 0.5) * 16_000));
    whole.push(compareTexts(entry.text, await offline.transcribe(samples)));
  }
  return { name: 'demo', clips: 1, streaming, offline: addErrors(whole) };
}

function row({ name, clips, streaming, offline }: SetResult): (string | number)[] {
  const { substitutions, deletions, insertions } = streaming;
  const rate = wordErrorRate(streaming);
  const offlineRate = offline ? wordErrorRate(offline) : NaN;
  const errors = `${substitutions} / ${deletions} / ${insertions}`;
  return [
    name,
    clips,
    streaming.referenceWords,
    fixed(rate),
    errors,
    fixed(offlineRate),
    fixed(rate - offlineRate),
  ];
}

function checksOf(results: readonly SetResult[]): Check[] {
  return results.flatMap(({ name, streaming, offline }) => {
    if (!offline) return [];
    const behind = wordErrorRate(streaming) - wordErrorRate(offline);
    return {
      claim: `${name}: streaming within ${MOST_POINTS_BEHIND} points of WER of one offline pass`,
      measured: `${fixed(behind)} points`,
      holds: behind <= MOST_POINTS_BEHIND,
    };
  });
}
