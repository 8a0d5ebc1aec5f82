import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_SECONDS, type EarshotEvent } from '#protocol';
import { compareTexts, wordErrorRate } from '../bench/word-error-rate.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import { decodeClip } from '../streams/clip.ts';
import { fullText, timelineSchema, type Timeline } from '../streams/timeline.ts';
import { DEMO, decisionsByLane, earshot, makeDataFolder, parseEvents, RunningEarshot } from './earshot.ts';

/** The worst that a transcript of the demo may be; one offline pass over each sentence is at about 4 %. */
const DEMO_WER_LIMIT = 10;

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let truth: Timeline;
let demo: Float32Array;

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
  truth = timelineSchema.parse(JSON.parse(await readFile('resources/demo/demo.json', 'utf8')));
  demo = await decodeClip(await readFile(DEMO));
}, 300_000);
afterAll(() => folder.remove());

function finals(events: readonly EarshotEvent[]) {
  return events.filter((event) => event.type === 'transcript').filter((event) => event.final);
}

describe('earshot listen --json', () => {
  for (const pace of ['throughput', 'live'] as const) {
    it(
      `prints nothing but events, in order, and hears the demo (--pace ${pace})`,
      { timeout: 60_000 },
      async () => {
        const args = ['listen', DEMO, '--json', '--pace', pace];
        const { exitCode, out, err } = await earshot(args, { dataDir: folder.path });
        expect(err).toMatch(/^Listening to rainy-evening\.flac\.\nSession \d+: /);
        expect(exitCode).toBe(0);
        const events = parseEvents(out);
        expect(events[0]?.type).toBe('ready');
        expect(events.at(-1)?.type).toBe('end');
        expect(events.filter((event) => event.type === 'ready' || event.type === 'end')).toHaveLength(2);
        // Exactly one decision for each lane and chunk, in order, none skipped.
        const chunks = Array.from(
          { length: Math.ceil(truth.durationSeconds / CHUNK_SECONDS) },
          (_, chunk) => chunk,
        );
        for (const decided of decisionsByLane(events).values()) expect(decided).toEqual(chunks);

        const heard = finals(events).map((event) => event.text);
        expect(wordErrorRate(compareTexts(fullText(truth), heard.join(' ')))).toBeLessThan(DEMO_WER_LIMIT);
        expectPartialsBecomeFinals(events);
      },
    );
  }

  function expectPartialsBecomeFinals(events: readonly EarshotEvent[]): void {
    const latest = new Map<number, { text: string; stable: number; final: boolean }>();
    for (const event of events) {
      if (event.type !== 'transcript') continue;
      const before = latest.get(event.id);
      if (before) {
        expect(before.final).toBe(false);
        // What was called stable never changes.
        expect(event.text.startsWith(before.text.slice(0, before.stable))).toBe(true);
      }
      latest.set(event.id, { text: event.text, stable: event.stable ?? 0, final: event.final });
    }
    expect([...latest.values()].every(({ final }) => final)).toBe(true);
  }

  it('says why it decided, when asked', { timeout: 60_000 }, async () => {
    const wav = encodeWav(demo.subarray(0, 16_000 * 4));
    const args = ['listen', '-', '--json', '--trace', '--no-keep', '--lanes', 'transcribe'];
    const { out, exitCode } = await earshot(args, { dataDir: folder.path, stdin: wav });
    expect(exitCode).toBe(0);
    const decisions = parseEvents(out).filter((event) => event.type === 'decision');
    expect(decisions).toHaveLength(10);
    for (const { reason } of decisions) expect(reason).toMatch(/\S/);
  });

  it('hears raw samples from a pipe as it hears the file', { timeout: 60_000 }, async () => {
    const samples = demo.subarray(0, 16_000 * 12);
    const raw = encodeWav(samples).subarray(44);
    const options = { dataDir: folder.path };
    const file = await earshot(['listen', '-', '--json', '--no-keep'], {
      ...options,
      stdin: encodeWav(samples),
    });
    const args = ['listen', '-', '--json', '--no-keep', '--raw', 's16le:16000:1'];
    const pipe = await earshot(args, { ...options, stdin: raw });
    const text = (out: string): string =>
      finals(parseEvents(out))
        .map((event) => event.text)
        .join(' ');
    expect(text(pipe.out)).toMatch(/John Dashwood/);
    expect(text(pipe.out)).toBe(text(file.out));
  });
});

describe('earshot listen for people', () => {
  it('prints one plain line for each utterance when nobody watches', { timeout: 60_000 }, async () => {
    const { exitCode, out, err } = await earshot(['listen', DEMO, '--title', 'Rain'], {
      dataDir: folder.path,
    });
    expect(exitCode).toBe(0);
    expect(out).not.toContain('\x1b');
    for (const line of out.trimEnd().split('\n')) expect(line).toMatch(/^\d:\d\d {2}\S/);
    expect(out).toMatch(/^0:01 {2}And Mr\. John Dashwood/);
    expect(err).toMatch(
      /Session \d+: 1:09 heard in [\d.]+ s \([\d.]+ times real time\), \d+ lines\. Export it: .+ export \d+ --format md\n$/,
    );
  });

  it('ends quietly when the reader of its output goes away', { timeout: 60_000 }, async () => {
    const running = new RunningEarshot(['listen', DEMO, '--realtime', '--json'], { dataDir: folder.path });
    await running.until((events) => events.some((event) => event.type === 'decision'));
    running.child.stdout.destroy();
    const { exitCode, err } = await running.done;
    expect(exitCode).toBe(0);
    expect(err).not.toMatch(/EPIPE|earshot:/);
  });

  it('finishes what was said at the first Ctrl-C', { timeout: 60_000 }, async () => {
    const running = new RunningEarshot(['listen', DEMO, '--realtime', '--json'], { dataDir: folder.path });
    await running.until((events) => events.some((event) => event.type === 'transcript' && event.end > 4));
    running.child.kill('SIGINT');
    const { exitCode, out, err } = await running.done;
    expect(exitCode).toBe(0);
    const events = parseEvents(out);
    expect(events.at(-1)?.type).toBe('end');
    expect(finals(events)[0]?.text).toMatch(/^And Mr\. John Dashwood had then/);
    expect(err).toMatch(/Session \d+: [\d.]+ s heard, 1 line\./);
  });

  it('stops at once at the second', { timeout: 60_000 }, async () => {
    const running = new RunningEarshot(['listen', DEMO, '--realtime', '--json'], { dataDir: folder.path });
    await running.until((events) => events.some((event) => event.type === 'transcript'));
    running.child.kill('SIGTERM');
    running.child.kill('SIGTERM');
    const stoppedAt = performance.now();
    const { exitCode } = await running.done;
    expect(performance.now() - stoppedAt).toBeLessThan(3000);
    expect([0, 1]).toContain(exitCode);
  });
});
