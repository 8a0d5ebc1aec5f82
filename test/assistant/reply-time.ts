import { CHUNK_MS, SAMPLE_RATE_HZ } from '#protocol';
import type { BenchContext } from '../bench/bench-context.ts';
import { eventsOf, runEarshotWell } from '../bench/earshot-run.ts';
import { fixed, table, type Check } from '../bench/report.ts';
import { percentile } from '../bench/statistics.ts';
import { writeStream } from '../bench/stream-file.ts';
import { gap, request, scenarioOf, type Script, type ScriptItem } from './script.ts';
import type { VoiceName } from './voices.ts';

const LIMIT_MS = 400;
const BLOCK_MS = 20;
const CHUNK_SECONDS = CHUNK_MS / 1000;
const BYTES_PER_SECOND = SAMPLE_RATE_HZ * 2;

const asked = (voice: VoiceName, text: string, pauseSeconds: number): ScriptItem[] =>
  request(voice, text, /./, { pauseSeconds });

/** Requests that are complete by themselves, at wall speed; where in a chunk they end is left to their lengths. */
const SCRIPT: Script = {
  name: 'requests',
  seed: 73,
  items: [
    gap(2),
    ...asked('anna', 'Earshot, what time is it?', 3.7),
    ...asked('ben', 'Earshot, start a five minute timer.', 3.3),
    ...asked('anna', 'Earshot, count how many times the dog barks.', 3.5),
    ...asked('ben', 'Earshot, how many times did the dog bark?', 3.1),
    ...asked('carl', 'Earshot, cancel the timer.', 3.8),
    ...asked('ben', 'Earshot, what can you do?', 3.4),
    ...asked('carl', 'Earshot, read my notes.', 3.6),
    ...asked('anna', 'Earshot, what time is it now?', 3.2),
    ...asked('ben', 'Earshot, tell me when the phone rings.', 3.5),
    ...asked('anna', 'Earshot, start a ten minute timer.', 3.3),
    ...asked('carl', 'Earshot, mute yourself.', 3.7),
    ...asked('ben', 'Earshot, when did the doorbell ring?', 3.5),
    ...asked('carl', 'Earshot, you can speak again.', 3.2),
    ...asked('dora', 'Earshot, stop the timer.', 3.6),
    ...asked('emil', 'Hey Earshot, what is the time?', 3.4),
    ...asked('fay', 'Earshot, please count the coughs.', 3.3),
    ...asked('dora', 'Earshot, alert me if the baby cries.', 3.7),
    ...asked('emil', 'Earshot, how many times did somebody cough?', 3.5),
    ...asked('fay', 'Earshot, cancel all timers.', 3.1),
    ...asked('carl', 'Earshot, how many times did the doorbell ring?', 3.8),
    ...asked('anna', 'Earshot, how many times did the dog bark?', 3.2),
    ...asked('ben', 'Earshot, tell me when the alarm clock rings.', 3.6),
    ...asked('dora', 'Earshot, what are my notes?', 3.4),
    ...asked('carl', 'Earshot, how many times did somebody sneeze?', 3.5),
  ],
};

/** From the last sound of a request to the line with its reply, measured from outside at wall speed. */
export async function measureReplyTime(context: BenchContext): Promise<{ body: string; check: Check }> {
  const stream = await writeStream(context, scenarioOf(SCRIPT));
  const { samples, timeline } = stream;
  let fedFromMs = 0;
  const startedAtMs = performance.now();
  const run = await runEarshotWell(['listen', '-', '--realtime', '--json', '--no-keep', '--raw', 's16le'], {
    ...context,
    feed: async (write) => {
      fedFromMs = performance.now();
      await feedAtWallSpeed(samples, fedFromMs, write);
    },
  });
  const offsetMs = fedFromMs - startedAtMs;
  const replies = eventsOf(run, 'reply').filter(({ event }) => event.trigger.kind === 'transcript');
  const rows = timeline.entries.map((entry, index) => {
    const next = timeline.entries[index + 1]?.start ?? Infinity;
    const reply = replies.find(({ atMs }) => {
      const seconds = (atMs - offsetMs) / 1000;
      return seconds > entry.start && seconds < next;
    });
    const afterMs = reply ? reply.atMs - offsetMs - entry.end * 1000 : NaN;
    const chunkMs = (Math.ceil(entry.end / CHUNK_SECONDS) * CHUNK_SECONDS - entry.end) * 1000;
    return {
      text: entry.kind === 'speech' ? entry.text : '',
      afterMs,
      chunkMs,
      reply: reply?.event.text ?? '—',
    };
  });
  const times = rows.map(({ afterMs }) => afterMs).filter(Number.isFinite);
  const median = percentile(times, 0.5);
  return {
    body: table(
      ['request', 'ms', 'of these to the end of the chunk', 'reply'],
      rows.map(({ text, afterMs, chunkMs, reply }) => [text, fixed(afterMs, 0), fixed(chunkMs, 0), reply]),
    ),
    check: {
      claim: 'first word of a reply after the end of the request, median, without a language model, < 400 ms',
      measured: `${fixed(median, 0)} ms (p95 ${fixed(percentile(times, 0.95), 0)}, ${times.length} of ${rows.length} replies)`,
      holds: times.length === rows.length && median < LIMIT_MS,
    },
  };
}

async function feedAtWallSpeed(
  samples: Float32Array,
  startedAtMs: number,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) => bytes.writeInt16LE(Math.round(sample * 32_767), index * 2));
  const step = (BYTES_PER_SECOND * BLOCK_MS) / 1000;
  for (let at = 0; at < bytes.length; at += step) {
    const dueMs = startedAtMs + ((at + step) / BYTES_PER_SECOND) * 1000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    await write(bytes.subarray(at, at + step));
  }
}
