import { fixed, table, type Check } from '../bench/report.ts';
import { median } from '../bench/statistics.ts';
import type { ClipLoader } from '../streams/clip.ts';
import { composeStream } from '../streams/compose.ts';
import { measureBells } from './bells.ts';
import { ClipClassifier } from './classifier.ts';
import { hear, type Heard } from './hear.ts';
import {
  alarmsScenario,
  barksScenario,
  heldOutClips,
  RECORDED_CLASSES,
  singleBarks,
  soundsScenario,
  speechScenario,
  varied,
} from './scenes.ts';
import { addCounts, f1, joinBouts, macroF1, scoreEvents, scoreSegments, type Labelled } from './score.ts';
import { measureTranscript } from './transcript.ts';

const COLLAR_SECONDS = 0.5;
/** Barks of one recording are one bout: the truth knows recordings, not barks. */
const BOUT_GAP_SECONDS = 1.5;
const SAFETY: ReadonlySet<string> = new Set(['smoke_alarm', 'co_alarm', 'siren', 'glass_breaking', 'scream']);
const NO_COUNTS = { hits: 0, misses: 0, falseAlarms: 0 };

/** What a measurement works with. */
export interface SoundsBench {
  readonly dataFolder: string;
  readonly load: ClipLoader;
  readonly models: Record<string, string>;
  readonly quick: boolean;
  /** The parts of the two hours of speech that are played; all when absent. */
  readonly speechParts?: readonly number[];
  progress(text: string): void;
}

/** What a measurement found. */
export interface SoundsResult {
  readonly body: string;
  readonly checks: readonly Check[];
}

type Entries = readonly { kind: string; start: number; end: number; label?: string }[];

function truthOf(entries: Entries): Labelled[] {
  return entries.flatMap(({ kind, start, end, label }) =>
    kind === 'sound' && label !== undefined && !label.startsWith('voice') ? [{ label, start, end }] : [],
  );
}

/** Seconds from a beginning to the first word about it, for what was found. */
function delays(truth: readonly Labelled[], heard: Heard): number[] {
  return truth.flatMap(({ label, start, end }) => {
    const first = heard.events.find(
      (event) =>
        event.label === label && event.start > start - 1 && event.start < end && event.saidAt > start,
    );
    return first ? [first.saidAt - start] : [];
  });
}

/** Clips that the head has not heard, named one by one. */
export async function measureClips(bench: SoundsBench): Promise<SoundsResult> {
  const classifier = await ClipClassifier.open(bench.models);
  const allowed = new Set(Object.values(RECORDED_CLASSES).flat());
  const answers: { source: string; wanted: string; said: string }[] = [];
  try {
    const clips = heldOutClips(bench.dataFolder);
    for (const [index, { label, path }] of clips.entries()) {
      if (bench.quick && index % 6 !== 0) continue;
      const said = await classifier.name(await bench.load(path), allowed);
      answers.push({ source: path.split('/')[1] ?? path, wanted: label, said });
    }
  } finally {
    await classifier.close();
  }
  const sources = [...new Set(answers.map(({ source }) => source)), 'all'];
  const rows = sources.map((source) => {
    const of = answers.filter((answer) => source === 'all' || answer.source === source);
    const right = of.filter(({ wanted, said }) => wanted === said).length;
    return [source, of.length, fixed(right / of.length, 3), fixed(macroF1(of), 3)];
  });
  const head = median(classifier.wholeMs) - median(classifier.encoderMs);
  return {
    body: [
      table(['source', 'clips', 'accuracy', 'macro-F1'], rows),
      `A window takes ${fixed(median(classifier.wholeMs))} ms on one core, ${fixed(head)} ms of it beyond the encoder.`,
    ].join('\n\n'),
    checks: [
      {
        claim: 'macro-F1 at least 0.88',
        measured: fixed(macroF1(answers), 3),
        holds: macroF1(answers) >= 0.88,
      },
      { claim: 'under 10 ms a chunk beyond the encoder', measured: `${fixed(head)} ms`, holds: head < 10 },
    ],
  };
}

/** Sounds one after the other on noise at several ratios. */
export async function measureStreams(bench: SoundsBench): Promise<SoundsResult> {
  const clips = heldOutClips(bench.dataFolder);
  const rows: (string | number)[][] = [];
  const checks: Check[] = [];
  const missed = new Map<string, number>();
  for (const ratio of bench.quick ? [10] : [20, 10, 0]) {
    let events = NO_COUNTS;
    let segments = NO_COUNTS;
    const late: number[] = [];
    // Seeds 2 and 3 were looked at when the rules of the tracker were chosen.
    for (const seed of bench.quick || ratio !== 10 ? [7] : [7, 8, 9]) {
      bench.progress(`streams at ${ratio} dB, seed ${seed}`);
      const scenario = soundsScenario(clips, seed, bench.quick ? 20 : 60, ratio);
      const { samples, timeline } = await composeStream(scenario, bench.load);
      const heard = await hear(samples, bench.models);
      const truth = truthOf(timeline.entries);
      const said = joinBouts(heard.sounds, BOUT_GAP_SECONDS);
      events = addCounts(events, scoreEvents(truth, said, COLLAR_SECONDS));
      segments = addCounts(segments, scoreSegments(truth, said));
      late.push(...delays(truth, heard));
      for (const wanted of truth) {
        const found = scoreEvents([wanted], said, COLLAR_SECONDS).hits > 0;
        if (!found) missed.set(wanted.label, (missed.get(wanted.label) ?? 0) + 1);
      }
    }
    const { hits, misses, falseAlarms } = events;
    const [eventF1, segmentF1] = [f1(events), f1(segments)];
    rows.push([
      `${ratio} dB`,
      fixed(eventF1, 3),
      fixed(segmentF1, 3),
      `${hits} of ${hits + misses}`,
      falseAlarms,
      fixed(median(late), 2),
    ]);
    if (ratio === 10) {
      checks.push(
        { claim: 'event F1 at 10 dB at least 0.75', measured: fixed(eventF1, 3), holds: eventF1 >= 0.75 },
        {
          claim: 'segment F1 at 10 dB at least 0.85',
          measured: fixed(segmentF1, 3),
          holds: segmentF1 >= 0.85,
        },
        {
          claim: 'median delay under 0.8 s',
          measured: `${fixed(median(late), 2)} s`,
          holds: median(late) < 0.8,
        },
      );
    }
  }
  const most = [...missed].sort((left, right) => right[1] - left[1]).slice(0, 10);
  return {
    body: [
      table(['sound over noise', 'event F1', 'segment F1', 'found', 'false', 'median delay, s'], rows),
      `Most often missed: ${most.map(([label, count]) => `${label} (${count})`).join(', ')}.`,
    ].join('\n\n'),
    checks,
  };
}

/** Variants of every alarm among voices that are together as loud. */
export async function measureAlarms(bench: SoundsBench): Promise<SoundsResult> {
  const found = new Map<string, [number, number]>();
  // Variants 1 to 6 were looked at when the tones were learned.
  for (const seed of bench.quick ? [11] : [11, 12, 13, 14, 15, 16]) {
    bench.progress(`alarms, seed ${seed}`);
    const { samples, timeline } = await composeStream(alarmsScenario(bench.dataFolder, seed), bench.load);
    const heard = await hear(samples, bench.models);
    for (const entry of timeline.entries) {
      if (entry.kind !== 'sound' || entry.label.startsWith('voice')) continue;
      const name = (entry.clips[0] ?? entry.label).replace(/^made:|#.*$/g, '');
      const hit = heard.sounds.some(
        ({ label, start, end }) => label === entry.label && start < entry.end && end > entry.start,
      );
      const [hits, count] = found.get(name) ?? [0, 0];
      found.set(name, [hits + (hit ? 1 : 0), count + 1]);
    }
  }
  const [hits, count] = [...found.values()].reduce(([h, c], [hit, all]) => [h + hit, c + all], [0, 0]);
  const rows = [...found, ['all', [hits, count]] as const].map(([name, [h, c]]) => [name, `${h} of ${c}`]);
  const share = hits / Math.max(1, count);
  return {
    body: table(['alarm', 'found'], rows),
    checks: [
      {
        claim: 'alarms at 0 dB in babble: 95 % found',
        measured: `${hits} of ${count} (${fixed(100 * share)} %)`,
        holds: share >= 0.95,
      },
    ],
  };
}

/** Two hours of people speaking: the sentences of the sets again and again, each time in another room and voice. */
export async function measureSpeech(bench: SoundsBench): Promise<SoundsResult> {
  let seconds = 0;
  let chunksMs = 0;
  const counts = new Map<string, number>();
  for (const part of bench.speechParts ?? (bench.quick ? [0] : [0, 1, 2, 3, 4, 5, 6, 7])) {
    bench.progress(`speech, part ${part + 1}`);
    const scenario = speechScenario(bench.dataFolder, 3 + part, bench.quick ? 120 : 850);
    const load = part === 0 ? bench.load : varied(bench.load, part);
    const { samples } = await composeStream(scenario, load);
    const startedAt = performance.now();
    const heard = await hear(samples, bench.models);
    chunksMs += performance.now() - startedAt;
    seconds += samples.length / 16_000;
    for (const { label } of heard.sounds) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const hours = seconds / 3600;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const safety = [...counts].reduce((sum, [label, count]) => sum + (SAFETY.has(label) ? count : 0), 0);
  const others = [...counts].sort((left, right) => right[1] - left[1]);
  return {
    body: [
      `${fixed(hours, 2)} hours of speech (the sets, and again with other speed, gain and rooms): ${fixed(total / hours)} sounds an hour, ${safety} of a safety class in all.`,
      `What they were taken for: ${others.map(([label, count]) => `${label} ${count}`).join(', ') || 'nothing'}. ${fixed(chunksMs / (seconds / 0.4))} ms of wall time a chunk for everything.`,
    ].join(' '),
    checks: [
      {
        claim: 'false alarms of safety classes on speech: under 1 in 2 hours',
        measured: `${safety} in ${fixed(hours, 2)} hours`,
        holds: safety / hours < 0.5 && hours >= 2,
      },
    ],
  };
}

/** A dog that barks two to six times. */
export async function measureCounting(bench: SoundsBench): Promise<SoundsResult> {
  const barks = await singleBarks(bench.dataFolder, bench.load);
  const rows: (string | number)[][] = [];
  let exact = 0;
  for (let variant = 0; variant < 10; variant += 1) {
    const count = 2 + (variant % 5);
    const clip = barks[(variant * 3) % barks.length] ?? '';
    const { samples } = await composeStream(barksScenario(clip, 20 + variant, count), bench.load);
    const heard = await hear(samples, bench.models);
    const counted = heard.sounds.filter(({ label }) => label === 'dog_bark').length;
    if (counted === count) exact += 1;
    rows.push([clip.split('/').at(-1) ?? clip, count, counted]);
  }
  return {
    body: table(['bark', 'times', 'counted'], rows),
    checks: [{ claim: 'barks counted exactly in 8 of 10', measured: `${exact} of 10`, holds: exact >= 8 }],
  };
}

/** Every measurement by the name under which it is asked for. */
export const MEASUREMENTS: Readonly<Record<string, (bench: SoundsBench) => Promise<SoundsResult>>> = {
  clips: measureClips,
  streams: measureStreams,
  alarms: measureAlarms,
  bells: measureBells,
  speech: measureSpeech,
  counting: measureCounting,
  transcript: measureTranscript,
};
