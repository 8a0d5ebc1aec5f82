/**
 * Entry of a worker thread: ONNX Runtime's `run` blocks its thread, so each role gets one of its own and the process
 * stays free to take chunks and commands.
 */
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { EarshotError } from '#protocol';
import { AudioRing } from '../embedded/audio-ring.ts';
import type { ThreadData, ThreadMethods, ThreadRequest } from './messages.ts';
import { ENCODER_WIDTH, MoonshineRecogniser } from './moonshine.ts';
import { serveThread } from './serve-thread.ts';
import { normaliseWindow, SoundHead } from './sound-head.ts';
import { SileroDetector } from './silero.ts';

const data = workerData as ThreadData;
const ring = new AudioRing(data.ring);
const cancelled = new Int32Array(data.cancelled);
let scratch = new Float32Array(16_000);

/** The window's samples in memory that the next call overwrites. */
function samplesOf(window: { from: number; to: number }): Float32Array {
  const length = window.to - window.from;
  if (scratch.length < length) scratch = new Float32Array(length * 2);
  const samples = scratch.subarray(0, length);
  ring.read(window.from, window.to, samples);
  return samples;
}

type Handler = (request: ThreadRequest) => Promise<ThreadMethods[keyof ThreadMethods]['result']>;

async function openDetector(): Promise<Handler> {
  const detector = await SileroDetector.open(join(data.modelFolder, 'silero_vad_v6.onnx'));
  return async (request) => {
    if (request.method !== 'detect') throw wrongRole(request);
    return detector.detect(request.parameters.from, samplesOf(request.parameters));
  };
}

async function openRecogniser(): Promise<Handler> {
  const recogniser = await MoonshineRecogniser.open(data.modelFolder, data.threads);
  const sounds = data.soundsFolder === undefined ? undefined : await SoundHead.open(data.soundsFolder);
  return async (request) => {
    if (request.method === 'detect') throw wrongRole(request);
    const samples = samplesOf(request.parameters);
    if (request.method === 'recognise') {
      const { settled, draft, guess } = request.parameters;
      const isCancelled = () => Atomics.load(cancelled, 0) >= request.id;
      return recogniser.recognise({ samples, settled, draft, guess, isCancelled });
    }
    if (request.method === 'classify') {
      if (!sounds) throw wrongRole(request);
      normaliseWindow(samples);
      return sounds.classify(samples, await recogniser.encode(samples));
    }
    const states = await recogniser.encode(samples);
    const { from, to } = request.parameters;
    return {
      from,
      to,
      states: states.data as Float32Array,
      frames: states.dims[1] ?? 0,
      width: ENCODER_WIDTH,
    };
  };
}

function wrongRole(request: ThreadRequest): EarshotError {
  return new EarshotError('internal', `The ${data.role} thread cannot "${request.method}".`);
}

void serveThread(data.role === 'detector' ? openDetector : openRecogniser);
