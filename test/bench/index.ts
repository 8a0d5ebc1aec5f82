/**
 * The benchmark: runs the real command from outside and prints what it is worth, as Markdown.
 *
 *     npm run -s bench -- [--quick] [--only start,latency] [--no-offline] [--out test/bench/RESULTS.md]
 */
import { Command, Option } from 'commander';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder } from '../streams/data-folder.ts';
import { installTestModels } from '../setup/test-models.ts';
import type { BenchContext } from './bench-context.ts';
import { describeMachine } from './machine.ts';
import { checkTable, type SectionReport } from './report.ts';
import { measureAccuracy } from './sections/accuracy.ts';
import { measureAssistant, measureReplies, measureWordings } from './sections/assistant.ts';
import { measureLatency } from './sections/latency.ts';
import { measureLongStream, measureQuietZones } from './sections/long-stream.ts';
import { measureQueue } from './sections/queue.ts';
import { measureRecovery } from './sections/recovery.ts';
import { measureRoom } from './sections/room.ts';
import { measureSounds } from './sections/sounds.ts';
import { measureTranslation } from './sections/translate.ts';
import { measureUnifiedChunks } from './sections/unified-chunks.ts';
import { measureUnifiedPaced } from './sections/unified-paced.ts';
import { measureUnifiedQueue } from './sections/unified-queue.ts';
import { measureUnified } from './sections/unified.ts';
import { measureVoice } from './sections/voice.ts';
import { measureIdle, measureMemory, measureSpeed, measureStart } from './sections/resources.ts';

/** Sections by the name under which `--only` knows them, in the order in which they are printed. */
const SECTIONS: Readonly<Record<string, (context: BenchContext) => Promise<SectionReport>>> = {
  start: measureStart,
  latency: measureLatency,
  queue: measureQueue,
  recovery: measureRecovery,
  speed: measureSpeed,
  wer: measureAccuracy,
  stream: measureLongStream,
  zones: measureQuietZones,
  sounds: measureSounds,
  assistant: measureAssistant,
  wordings: measureWordings,
  reply: measureReplies,
  voice: measureVoice,
  room: measureRoom,
  translate: measureTranslation,
  idle: measureIdle,
  memory: measureMemory,
};

/** Sections that run only when they are named: they want gigabytes of disk and minutes of their own. */
const NAMED_SECTIONS: typeof SECTIONS = {
  unified: measureUnified,
  'unified-chunks': measureUnifiedChunks,
  'unified-queue': measureUnifiedQueue,
  'unified-paced': measureUnifiedPaced,
};

interface BenchFlags {
  readonly quick?: boolean;
  readonly only?: string[];
  readonly offline: boolean;
  readonly out?: string;
}

function parseFlags(): BenchFlags {
  const names = Object.keys({ ...SECTIONS, ...NAMED_SECTIONS });
  const parseNames = (text: string): string[] => {
    const chosen = text.split(',').map((name) => name.trim());
    const unknown = chosen.find((name) => !names.includes(name));
    if (unknown === undefined) return chosen;
    process.stderr.write(`There is no section “${unknown}”. Sections: ${names.join(', ')}.\n`);
    process.exit(2);
  };
  return new Command('bench')
    .description('Measures the earshot command from outside.')
    .option('--quick', 'a few minutes instead of an hour: shows that everything works')
    .addOption(new Option('--only <sections>', `some of: ${names.join(', ')}`).argParser(parseNames))
    .option('--no-offline', 'without the offline pass of the same model')
    .option('--out <file>', 'write the report to a file too')
    .parse()
    .opts<BenchFlags>();
}

/** A report that names where, when and how it came about. */
function renderReport(context: BenchContext, sections: readonly SectionReport[], started: Date): string {
  const checks = sections.flatMap((section) => section.checks);
  const command = `npm run -s bench -- ${process.argv.slice(2).join(' ')}`.trim();
  const minutes = ((Date.now() - started.getTime()) / 60_000).toFixed(0);
  const recordings =
    context.dataFolder === undefined
      ? 'The recordings are not on this machine: only the demo recording and made sounds were used.'
      : 'Recordings: FLEURS (English), LibriVox, AN4, Picovoice barista, ESC-10, noise-of-life.';
  return [
    '# Benchmark results',
    `\`${command}\`, ${started.toISOString().slice(0, 10)}, in ${minutes} minutes. ${describeMachine()} ${recordings}`,
    '## What it must show',
    checkTable(checks),
    ...sections.flatMap(({ title, body }) => [`## ${title}`, ...body]),
  ].join('\n\n');
}

async function main(): Promise<void> {
  const flags = parseFlags();
  const started = new Date();
  const workDir = await mkdtemp(join(tmpdir(), 'earshot-bench-'));
  // Also when somebody has seen enough; a command that still runs ends by itself when nobody reads it.
  process.on('exit', () => rmSync(workDir, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const progress = (text: string): void => void process.stderr.write(`… ${text}\n`);
  const dataFolder = findDataFolder();
  if (dataFolder === undefined) progress('no recordings here (EARSHOT_DATA): using the demo recording');
  const dataDir = join(workDir, 'data');
  await mkdir(dataDir);
  progress('models');
  await symlink(await installTestModels(), join(dataDir, 'models'));
  const context: BenchContext = {
    command: resolve('out', 'cli.js'),
    dataDir,
    workDir,
    dataFolder,
    loadClip: createClipLoader(dataFolder ?? '.'),
    quick: flags.quick ?? false,
    offline: flags.offline,
    progress,
  };
  const reports: SectionReport[] = [];
  const chosen = flags.only ?? Object.keys(SECTIONS);
  for (const [name, measure] of Object.entries({ ...SECTIONS, ...NAMED_SECTIONS })) {
    if (chosen.includes(name)) reports.push(await measure(context));
  }
  const report = `${renderReport(context, reports, started)}\n`;
  process.stdout.write(report);
  if (flags.out !== undefined) await writeFile(flags.out, report);
}

await main();
