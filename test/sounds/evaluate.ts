/**
 * What the sounds lane is worth, measured through the real engine on composed recordings, as Markdown.
 *
 *     node build/run.mjs --script test/sounds/evaluate.ts [--package FOLDER] [--quick]
 *
 * `--package` takes another sounds package: the recipe leaves one that has never heard the last fold (`held-out` in its
 * work folder), and only with that one are the numbers those of unseen sounds.
 */
import { Command } from 'commander';
import { fixed, table } from '../bench/report.ts';
import { createClipLoader, type ClipLoader } from '../streams/clip.ts';
import { composeStream } from '../streams/compose.ts';
import { findDataFolder } from '../streams/data-folder.ts';
import { findModels, hear, type Heard } from './hear.ts';
import {
  alarmsScenario,
  barksScenario,
  heldOutClips,
  singleBarks,
  soundsScenario,
  speechScenario,
  withAlarms,
} from './scenes.ts';
import { addCounts, f1, joinBouts, median, scoreEvents, scoreSegments, type Labelled } from './score.ts';

const COLLAR_SECONDS = 0.5;
/** Barks of one recording are one bout: the truth knows recordings, not barks. */
const BOUT_GAP_SECONDS = 1.5;
const SAFETY: ReadonlySet<string> = new Set(['smoke_alarm', 'co_alarm', 'siren', 'glass_breaking', 'scream']);

interface Bench {
  readonly dataFolder: string;
  readonly load: ClipLoader;
  readonly models: Record<string, string>;
  readonly quick: boolean;
}

function truthOf(
  entries: readonly { kind: string; start: number; end: number; label?: string }[],
): Labelled[] {
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

async function streams(bench: Bench): Promise<string> {
  const clips = heldOutClips(bench.dataFolder);
  const rows: (string | number)[][] = [];
  const wrong = new Map<string, number>();
  for (const ratio of bench.quick ? [10] : [20, 10, 0]) {
    const total = {
      events: { hits: 0, misses: 0, falseAlarms: 0 },
      segments: { hits: 0, misses: 0, falseAlarms: 0 },
    };
    const late: number[] = [];
    for (const seed of bench.quick ? [1] : [2]) {
      const scenario = soundsScenario(clips, seed, bench.quick ? 30 : 60, ratio);
      const { samples, timeline } = await composeStream(scenario, bench.load);
      const heard = await hear(samples, bench.models);
      const truth = truthOf(timeline.entries);
      const said = joinBouts(heard.sounds, BOUT_GAP_SECONDS);
      total.events = addCounts(total.events, scoreEvents(truth, said, COLLAR_SECONDS));
      total.segments = addCounts(total.segments, scoreSegments(truth, said));
      late.push(...delays(truth, heard));
      for (const { label } of truth.filter(
        (wanted) => scoreEvents([wanted], said, COLLAR_SECONDS).hits === 0,
      )) {
        wrong.set(label, (wrong.get(label) ?? 0) + 1);
      }
      if (bench.quick) process.stderr.write(listing(truth, said));
    }
    const { hits, misses, falseAlarms } = total.events;
    rows.push([
      `${ratio} dB`,
      fixed(f1(total.events), 3),
      fixed(f1(total.segments), 3),
      `${hits} of ${hits + misses}`,
      falseAlarms,
      fixed(median(late), 2),
    ]);
  }
  const missed = [...wrong].sort((left, right) => right[1] - left[1]).slice(0, 10);
  return [
    table(['sound over noise', 'event F1', 'segment F1', 'found', 'false', 'median delay, s'], rows),
    `Most often missed: ${missed.map(([label, count]) => `${label} (${count})`).join(', ')}.`,
  ].join('\n\n');
}

function listing(truth: readonly Labelled[], said: readonly Labelled[]): string {
  const lines = [
    ...truth.map((entry) => ({ ...entry, who: 'truth' })),
    ...said.map((entry) => ({ ...entry, who: '  said' })),
  ].sort((left, right) => left.start - right.start);
  return lines
    .map(({ who, label, start, end }) => `${who} ${fixed(start, 2)}–${fixed(end, 2)} ${label}\n`)
    .join('');
}

async function alarms(bench: Bench): Promise<string> {
  const found = new Map<string, [number, number]>();
  for (let seed = 1; seed <= (bench.quick ? 1 : 3); seed += 1) {
    const { samples, timeline } = await composeStream(alarmsScenario(bench.dataFolder, seed), bench.load);
    const heard = await hear(samples, bench.models);
    for (const entry of timeline.entries) {
      if (entry.kind !== 'sound' || entry.label.startsWith('voice')) continue;
      const name = entry.clips[0]?.slice('made:'.length) ?? entry.label;
      const hit = heard.sounds.some(
        ({ label, start, end }) => label === entry.label && start < entry.end && end > entry.start,
      );
      const [hits, count] = found.get(name) ?? [0, 0];
      found.set(name, [hits + (hit ? 1 : 0), count + 1]);
    }
    if (bench.quick) process.stderr.write(listing(truthOf(timeline.entries), heard.sounds));
  }
  const all = [...found.values()].reduce(([hits, count], [h, c]) => [hits + h, count + c], [0, 0]);
  const rows = [...found, ['all', all] as const].map(([name, [hits, count]]) => [
    name,
    `${hits} of ${count}`,
  ]);
  return table(['alarm', 'found'], rows);
}

async function speech(bench: Bench): Promise<string> {
  const seconds = bench.quick ? 240 : 900;
  const { samples } = await composeStream(speechScenario(bench.dataFolder, 3, seconds), bench.load);
  const hours = samples.length / 16_000 / 3600;
  const startedAt = performance.now();
  const heard = await hear(samples, bench.models);
  const perChunkMs = (performance.now() - startedAt) / (samples.length / 6400);
  const counts = new Map<string, number>();
  for (const { label } of heard.sounds) counts.set(label, (counts.get(label) ?? 0) + 1);
  const safety = heard.sounds.filter(({ label }) => SAFETY.has(label)).length;
  const others = [...counts].sort((left, right) => right[1] - left[1]);
  return [
    `${fixed(hours * 60, 1)} minutes of speech: ${fixed(heard.sounds.length / hours, 1)} sounds an hour, ${fixed(safety / hours, 1)} an hour of a safety class.`,
    `What they were taken for: ${others.map(([label, count]) => `${label} ${count}`).join(', ') || 'nothing'}. ${fixed(perChunkMs, 1)} ms of wall time a chunk for everything.`,
  ].join(' ');
}

async function counting(bench: Bench): Promise<string> {
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
  return `${table(['bark', 'times', 'counted'], rows)}\n\nExact in ${exact} of 10.`;
}

const SECTIONS: Readonly<Record<string, (bench: Bench) => Promise<string>>> = {
  streams,
  alarms,
  speech,
  counting,
};

async function main(): Promise<void> {
  const options = new Command('evaluate')
    .option('--package <folder>', 'a sounds package in place of the shipped one')
    .option('--only <sections>', Object.keys(SECTIONS).join(', '))
    .option('--quick', 'less of everything')
    .parse()
    .opts<{ package?: string; only?: string; quick?: boolean }>();
  const dataFolder = findDataFolder();
  if (dataFolder === undefined) {
    process.stderr.write('The recordings are not here. Set EARSHOT_DATA to their folder.\n');
    process.exit(2);
  }
  const models = await findModels(options.package);
  const load = withAlarms(createClipLoader(dataFolder));
  const bench: Bench = { dataFolder, load, models, quick: options.quick ?? false };
  const chosen = options.only?.split(',') ?? Object.keys(SECTIONS);
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (chosen.includes(name)) process.stdout.write(`## ${name}\n\n${await measure(bench)}\n\n`);
  }
}

await main();
