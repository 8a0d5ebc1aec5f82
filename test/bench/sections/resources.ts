import { join } from 'node:path';
import { listSpeech } from '../../streams/data-folder.ts';
import { composeStream } from '../../streams/compose.ts';
import { longStreamScenario, quietScenario, quietZones } from '../../streams/scenarios.ts';
import { WavWriter } from '../../streams/wav-writer.ts';
import type { BenchContext } from '../bench-context.ts';
import { eventsOf, runEarshotWell } from '../earshot-run.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { median } from '../statistics.ts';
import { openDemo, writeStream } from '../stream-file.ts';

const SAMPLE_EVERY_MS = 100;
const MEGABYTE = 1e6;

const READY_LIMIT_MS = 3000;
const SPEED_LIMIT = 8;
const IDLE_CPU_LIMIT_PERCENT = 5;
const RESIDENT_LIMIT_BYTES = 450 * MEGABYTE;
const GROWTH_LIMIT_PERCENT = 5;

/** From the command to its `ready`. */
export async function measureStart(context: BenchContext): Promise<SectionReport> {
  const demo = await openDemo();
  const times: number[] = [];
  for (let attempt = 0; attempt < (context.quick ? 2 : 6); attempt += 1) {
    context.progress(`start ${attempt + 1}`);
    const run = await runEarshotWell(['listen', demo.path, '--json', '--no-keep'], context);
    times.push(eventsOf(run, 'ready')[0]?.atMs ?? NaN);
  }
  const slowest = Math.max(...times);
  return {
    title: 'From command to ready',
    body: [
      table(['starts', 'p50 ms', 'slowest ms'], [[times.length, fixed(median(times), 0), fixed(slowest, 0)]]),
    ],
    checks: [
      {
        claim: `ready within ${READY_LIMIT_MS} ms`,
        measured: `${fixed(slowest, 0)} ms`,
        holds: slowest < READY_LIMIT_MS,
      },
    ],
  };
}

/** Recordings as fast as the machine can. */
export async function measureSpeed(context: BenchContext): Promise<SectionReport> {
  const rows: (string | number)[][] = [];
  const speeds: number[] = [];
  const add = async (name: string, path: string): Promise<void> => {
    context.progress(`speed: ${name}`);
    const run = await runEarshotWell(['listen', path, '--json', '--no-keep'], context);
    const end = eventsOf(run, 'end')[0]?.event;
    const seconds = end?.duration ?? NaN;
    const speed = seconds / (end?.processing ?? NaN);
    speeds.push(speed);
    const wallSpeed = (1000 * seconds) / run.wallMs;
    rows.push([name, fixed(seconds, 0), fixed(end?.processing ?? NaN), fixed(speed), fixed(wallSpeed)]);
  };
  const demo = await openDemo();
  await add('demo', demo.path);
  const { dataFolder, loadClip, quick } = context;
  if (dataFolder !== undefined) {
    const barista = listSpeech(dataFolder, 'barista').slice(0, quick ? 10 : 60);
    const orders = await WavWriter.create(join(context.workDir, 'barista.wav'));
    for (const { path } of barista) await orders.append(await loadClip(path));
    await orders.close();
    await add(`barista, ${barista.length} orders in a row`, join(context.workDir, 'barista.wav'));
    const scenario = await longStreamScenario(dataFolder, loadClip, quick ? { seconds: 120 } : {});
    await add('long stream', (await writeStream(context, scenario)).path);
  }
  const slowest = Math.min(...speeds);
  return {
    title: 'Fast mode',
    body: [table(['recording', 'seconds', 'processing s', 'times real time', 'with start and end'], rows)],
    checks: [
      {
        claim: `at least ${SPEED_LIMIT} times faster than real time`,
        measured: `${fixed(slowest)} times`,
        holds: slowest >= SPEED_LIMIT,
      },
    ],
  };
}

/** A quiet room at wall speed: what listening to nothing costs. */
export async function measureIdle(context: BenchContext): Promise<SectionReport> {
  const seconds = context.quick ? 15 : 60;
  const rows: (string | number)[][] = [];
  const checks: Check[] = [];
  const labels = new Set(['digital silence', 'steady noise']);
  for (const zone of quietZones(context.dataFolder).filter(({ label }) => labels.has(label))) {
    context.progress(`idle: ${seconds} s of ${zone.label}`);
    const stream = await writeStream(context, quietScenario(zone, seconds));
    const args = ['listen', stream.path, '--json', '--no-keep', '--realtime'];
    const run = await runEarshotWell(args, { ...context, sampleEveryMs: SAMPLE_EVERY_MS });
    const readyMs = eventsOf(run, 'ready')[0]?.atMs ?? NaN;
    const fromMs = readyMs + 3000;
    const toMs = readyMs + seconds * 1000 - 500;
    const inference = run.usage.cpuPercent('inference.js', fromMs, toMs);
    const command = run.usage.cpuPercent('cli.js', fromMs, toMs);
    const resident = run.usage.residentSeries().filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    const first = resident[0]?.bytes ?? NaN;
    const last = resident.at(-1)?.bytes ?? NaN;
    const growth = (100 * (last - first)) / first;
    rows.push([
      zone.label,
      seconds,
      fixed(inference, 2),
      fixed(command, 2),
      fixed(last / MEGABYTE, 0),
      fixed(growth, 2),
    ]);
    checks.push(
      {
        claim: `${zone.label}: inference process under ${IDLE_CPU_LIMIT_PERCENT} % of one core`,
        measured: `${fixed(inference, 2)} %`,
        holds: inference < IDLE_CPU_LIMIT_PERCENT,
      },
      {
        claim: `${zone.label}: memory grows by less than 1 %`,
        measured: `${fixed(growth, 2)} %`,
        holds: growth < 1,
      },
    );
  }
  return {
    title: 'A quiet room',
    body: [
      'Paced at wall speed. Processor time of all threads of a process as a share of one core.',
      table(['what', 'seconds', 'inference %', 'command %', 'resident MB', 'growth %'], rows),
    ],
    checks,
  };
}

/** Many long streams after each other as one recording. */
async function writeHour(context: BenchContext, seconds: number): Promise<string> {
  const path = join(context.workDir, 'hour.wav');
  const writer = await WavWriter.create(path);
  let written = 0;
  for (let seed = 1; written < seconds; seed += 1) {
    context.progress(`composing ${fixed(seconds / 60, 0)} minutes: ${fixed(written / 60, 0)}`);
    const { dataFolder, loadClip } = context;
    const part =
      dataFolder === undefined
        ? await openDemo()
        : await composeStream(await longStreamScenario(dataFolder, loadClip, { seed }), loadClip);
    const samples = part.samples.subarray(0, Math.round((seconds - written) * 16_000));
    await writer.append(samples);
    written += samples.length / 16_000;
  }
  await writer.close();
  return path;
}

/** An hour of audio in fast mode: resident memory of the whole process tree. */
export async function measureMemory(context: BenchContext): Promise<SectionReport> {
  const seconds = context.quick ? 240 : 3600;
  const path = await writeHour(context, seconds);
  context.progress(`listening to ${fixed(seconds / 60, 0)} minutes`);
  const run = await runEarshotWell(['listen', path, '--json'], {
    ...context,
    sampleEveryMs: SAMPLE_EVERY_MS,
  });
  const heard = eventsOf(run, 'decision');
  const atAudio = (fraction: number): number => heard[Math.floor(fraction * (heard.length - 1))]?.atMs ?? NaN;
  const residentBetween = (from: number, to: number): number => {
    const within = run.usage
      .residentSeries()
      .filter(({ atMs }) => atMs >= atAudio(from) && atMs <= atAudio(to));
    return median(within.map(({ bytes }) => bytes));
  };
  const early = residentBetween(0.05, 0.15);
  const late = residentBetween(0.9, 1);
  const growth = (100 * (late - early)) / early;
  const peak = run.usage.peakResidentBytes();
  const proportional = run.usage.peakProportionalBytes();
  const megabytes = (bytes: number): string => fixed(bytes / MEGABYTE, 0);
  return {
    title: 'Memory',
    body: [
      `${fixed(seconds / 60, 0)} minutes of audio in fast mode, kept in the timeline. Resident memory of all processes together, sampled every ${SAMPLE_EVERY_MS} ms (pages that two processes share are counted twice).`,
      table(
        ['peak MB', 'peak, shared pages once MB', 'after a tenth MB', 'at the end MB', 'growth %'],
        [[peak, proportional, early, late].map(megabytes).concat(fixed(growth))],
      ),
      table(
        ['process', 'peak resident MB'],
        [...run.usage.peakByName()].map(([name, bytes]) => [name, megabytes(bytes)]),
      ),
    ],
    checks: [
      {
        claim: `whole pipeline under ${RESIDENT_LIMIT_BYTES / MEGABYTE} MB resident`,
        measured: `${megabytes(peak)} MB (${megabytes(proportional)} MB with shared pages once)`,
        holds: peak < RESIDENT_LIMIT_BYTES,
      },
      {
        claim: `${fixed(seconds / 60, 0)} minutes of audio grow it by less than ${GROWTH_LIMIT_PERCENT} %`,
        measured: `${fixed(growth)} %`,
        holds: growth < GROWTH_LIMIT_PERCENT,
      },
    ],
  };
}
