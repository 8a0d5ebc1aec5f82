import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE_RATE_HZ } from '#protocol';
import { speechOf } from '../../streams/timeline.ts';
import { encodeWav } from '../../streams/wav-writer.ts';
import type { BenchContext } from '../bench-context.ts';
import { eventsOf, runEarshotWell, transcriptText, type ArrivedEvent } from '../earshot-run.ts';
import { ProcessTreeReader } from '../process-tree.ts';
import { fixed, table, type SectionReport } from '../report.ts';
import { openDemo } from '../stream-file.ts';
import { compareTexts } from '../word-error-rate.ts';

const RECOVERY_LIMIT_MS = 2000;
const QUICK_SENTENCES = 1;
/** Sound around a sentence: the pause before it, and time to recover in after it. */
const LEAD_SECONDS = 1;
const TAIL_SECONDS = 3;

interface Recovery {
  readonly said: string;
  readonly recoveredMs: number;
  readonly heard: string;
  readonly undisturbed: string;
}

/** One sentence at wall speed; its inference process is killed as soon as words of it are shown. */
async function killInMidSentence(context: BenchContext, path: string, said: string): Promise<Recovery> {
  const reader = new ProcessTreeReader();
  const undisturbed = await runEarshotWell(['listen', path, '--json', '--no-keep', '--realtime'], context);
  let killedAtMs: number | undefined;
  let lastChunk = -1;
  const onEvent = ({ event, atMs }: ArrivedEvent, pid: number): void => {
    if (killedAtMs !== undefined) return;
    if (event.type === 'decision') lastChunk = Math.max(lastChunk, event.chunk);
    if (event.type !== 'transcript' || event.final) return;
    const victim = reader.read(pid, atMs).processes.find(({ name }) => name === 'inference.js');
    if (!victim) return;
    process.kill(victim.pid, 'SIGKILL');
    killedAtMs = atMs;
  };
  const run = await runEarshotWell(['listen', path, '--json', '--no-keep', '--realtime'], {
    ...context,
    onEvent,
  });
  // What was decided before is decided again in the replay; only a decision about later sound is a recovery.
  const recovered = eventsOf(run, 'decision').find(({ event, atMs }) => {
    return atMs > (killedAtMs ?? Infinity) && event.lane === 'transcribe' && event.chunk > lastChunk;
  });
  return {
    said,
    recoveredMs: (recovered?.atMs ?? NaN) - (killedAtMs ?? NaN),
    heard: transcriptText(run),
    undisturbed: transcriptText(undisturbed),
  };
}

/** `kill -9` of the inference process in mid-sentence: how soon the session hears on, and whether every word is there once. */
export async function measureRecovery(context: BenchContext): Promise<SectionReport> {
  const demo = await openDemo();
  const sentences = speechOf(demo.timeline).slice(0, context.quick ? QUICK_SENTENCES : undefined);
  const recoveries: Recovery[] = [];
  for (const [index, { start, end, text }] of sentences.entries()) {
    context.progress(`kill -9 in sentence ${index + 1} of ${sentences.length}`);
    const path = join(context.workDir, `sentence-${index}.wav`);
    const from = Math.round(Math.max(0, start - LEAD_SECONDS) * SAMPLE_RATE_HZ);
    const to = Math.round((end + TAIL_SECONDS) * SAMPLE_RATE_HZ);
    await writeFile(path, encodeWav(demo.samples.subarray(from, to)));
    recoveries.push(await killInMidSentence(context, path, text));
  }
  const slowest = Math.max(...recoveries.map(({ recoveredMs }) => recoveredMs));
  const changed = recoveries.map(({ undisturbed, heard }) => compareTexts(undisturbed, heard));
  const lost = changed.reduce((sum, { deletions }) => sum + deletions, 0);
  const doubled = changed.reduce((sum, { insertions }) => sum + insertions, 0);
  return {
    title: 'Killed in mid-sentence',
    body: [
      'Each sentence of the demo recording at wall speed, once undisturbed and once with `kill -9` of the inference process as soon as its first words are shown. Recovered: the first decision about sound that came after the kill.',
      table(
        ['recovered after ms', 'undisturbed', 'killed'],
        recoveries.map(({ recoveredMs, undisturbed, heard }) => [fixed(recoveredMs, 0), undisturbed, heard]),
      ),
    ],
    checks: [
      {
        claim: `kill -9 of the inference process: hears on within ${RECOVERY_LIMIT_MS} ms (slowest)`,
        measured: `${fixed(slowest, 0)} ms`,
        holds: slowest <= RECOVERY_LIMIT_MS,
      },
      {
        claim: 'kill -9 of the inference process: no word lost, none twice',
        measured: `${lost} lost, ${doubled} twice`,
        holds: lost === 0 && doubled === 0,
      },
    ],
  };
}
