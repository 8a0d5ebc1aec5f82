/** The unified model on WebGPU, which computes on the processor here, against the processor without it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ, type TraceEvent } from '#protocol';
import { RunningEarshot } from '../cli/earshot.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import { convertSmall } from './converted.ts';
import { demoSamples } from './goldens.ts';
import { softwareVulkan, whyNoSoftwareVulkan } from './software-vulkan.ts';

/** The driver compiles some hundred shaders for the probe and once more for the session: 8 s each, on a busy machine a minute. */
const TIMEOUT_MS = 400_000;
/** Of the demo recording: a dog barks at 18.47 s, and the model answers. */
const [BEGIN_SECONDS, END_SECONDS] = [17.2, 20.4];
/** So small that old steps leave it before the end. */
const WINDOW = 112;

const missing = whyNoSoftwareVulkan();
if (missing) process.stdout.write(`WebGPU is not tested: ${missing}.\n`);

const dataDir = mkdtempSync(join(tmpdir(), 'earshot-webgpu-'));
const recording = join(dataDir, 'barks.wav');
const packages = new Map<string, { folder: string; dispose(): void }>();

beforeAll(async () => {
  const samples = await demoSamples();
  const heard = samples.subarray(BEGIN_SECONDS * SAMPLE_RATE_HZ, END_SECONDS * SAMPLE_RATE_HZ);
  writeFileSync(recording, encodeWav(heard));
  for (const precision of ['float32', 'int4'] as const)
    packages.set(precision, await convertSmall('barks', precision));
});
afterAll(() => {
  for (const converted of packages.values()) converted.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

function run(...args: string[]): RunningEarshot {
  return new RunningEarshot(args, { dataDir, env: softwareVulkan() ?? {} });
}

async function listen(precision: string, provider: string, ...more: string[]) {
  const model = packages.get(precision)?.folder ?? '';
  const engine = ['--engine', 'audio-interaction', '--model', model, '--provider', provider];
  const running = run(
    'listen',
    recording,
    ...engine,
    '--json',
    '--trace',
    '--no-keep',
    '--window',
    String(WINDOW),
    ...more,
  );
  const { exitCode, err } = await running.done;
  expect(err).toContain('3.2 s heard');
  expect(exitCode).toBe(0);
  const events = running.events();
  return {
    traces: events.flatMap((event) => (event.type === 'trace' ? [event] : [])),
    warnings: events.flatMap((event) => (event.type === 'error' ? [event.message] : [])),
  };
}

/** The largest difference between logits of the same step, as a share of the logit or of one. */
function largestDifference(found: readonly TraceEvent[], expected: readonly TraceEvent[]): number {
  const logits = (trace: TraceEvent): number[] => [
    trace.silence ?? NaN,
    trace.begin ?? NaN,
    trace.logit ?? NaN,
  ];
  let largest = 0;
  for (const [index, trace] of expected.entries()) {
    const step = found[index];
    for (const [which, logit] of logits(trace).entries()) {
      if (Number.isNaN(logit) || !step) continue;
      const difference = Math.abs((logits(step)[which] ?? NaN) - logit);
      largest = Math.max(largest, difference / Math.max(1, Math.abs(logit)));
    }
  }
  return largest;
}

describe.skipIf(missing)('the unified model on WebGPU', { timeout: TIMEOUT_MS }, () => {
  it.each([
    ['float32', 1e-4],
    // The processor rounds what it multiplies by 4 bits to 8 bits, WebGPU does not.
    ['int4', 5e-2],
  ] as const)('hears and says in %s what the processor does', async (precision, tolerance) => {
    const expected = await listen(precision, 'cpu');
    const found = await listen(precision, 'webgpu');
    expect(found.warnings).toEqual([]);
    const tokens = (traces: readonly TraceEvent[]) => traces.map(({ chunk, token }) => ({ chunk, token }));
    expect(tokens(found.traces)).toEqual(tokens(expected.traces));
    expect(found.traces.some(({ logit }) => logit !== undefined)).toBe(true);
    const difference = largestDifference(found.traces, expected.traces);
    process.stdout.write(`webgpu, ${precision}: logits ${difference.toExponential(1)}\n`);
    expect(difference).toBeLessThan(tolerance);
    // Another order of adding is seen in the last bits: it was not the processor that computed.
    expect(difference).toBeGreaterThan(0);
  });

  it('leaves it to the processor, and says why, where the adapter lacks the numbers of the cache', async () => {
    const { traces, warnings } = await listen('float32', 'webgpu', '--cache', 'float16');
    expect(traces.length).toBeGreaterThan(0);
    // Adapters that have them are used.
    for (const warning of warnings) expect(warning).toContain('Choose --cache float32.');
  });

  it('is told by the doctor with the time of one chunk', async () => {
    const { out } = await run('doctor', '--json', '--model', packages.get('int4')?.folder ?? '').done;
    const findings = JSON.parse(out) as { check: string; detail: string }[];
    const webgpu = findings.find(({ check }) => check === 'unified-webgpu');
    expect(webgpu?.detail).toMatch(/^one chunk of 400 ms in \d+(\.\d)? ms/);
  });
});

describe.skipIf(process.platform !== 'linux')('WebGPU without a driver', () => {
  it('is told by the doctor with what to do', async () => {
    const env = { VK_ICD_FILENAMES: join(dataDir, 'none.json'), VK_DRIVER_FILES: join(dataDir, 'none.json') };
    const model = packages.get('int4')?.folder ?? '';
    const { out } = await new RunningEarshot(['doctor', '--json', '--model', model], { dataDir, env }).done;
    const findings = JSON.parse(out) as { check: string; state: string; detail: string }[];
    const webgpu = findings.find(({ check }) => check === 'unified-webgpu');
    expect(webgpu?.state).toBe('advice');
    expect(webgpu?.detail).toMatch(/^cannot be used: no graphics adapter .* Install or update the driver\.$/);
  });
});
