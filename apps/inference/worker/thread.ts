/**
 * Entry of a worker thread: ONNX Runtime's `run` blocks its thread, so each role gets one of its own and the process
 * stays free to take chunks and commands.
 */
import { join } from 'node:path';
import { EarshotError } from '#protocol';
import { AudioRing } from '../embedded/audio-ring.ts';
import type { ThreadData, ThreadRequest, Window } from './messages.ts';
import { ENCODER_WIDTH, MoonshineRecogniser } from './moonshine.ts';
import { serveThread, type Answerer } from './serve-thread.ts';
import { normaliseWindow, SoundHead } from './sound-head.ts';
import { SileroDetector } from './silero.ts';

/** Reads windows of the shared ring, each into the memory of the one before. */
function windowReader(data: ThreadData): (window: Window) => Float32Array {
  const ring = new AudioRing(data.ring);
  let scratch = new Float32Array(16_000);
  return ({ from, to }) => {
    const length = to - from;
    if (scratch.length < length) scratch = new Float32Array(length * 2);
    const samples = scratch.subarray(0, length);
    ring.read(from, to, samples);
    return samples;
  };
}

async function openDetector(data: ThreadData): Promise<Answerer<ThreadRequest>> {
  const samplesOf = windowReader(data);
  const detector = await SileroDetector.open(join(data.modelFolder, 'silero_vad_v6.onnx'));
  return async (request) => {
    if (request.method !== 'detect') throw wrongRole(data, request);
    return detector.detect(request.parameters.from, samplesOf(request.parameters));
  };
}

async function openRecogniser(data: ThreadData): Promise<Answerer<ThreadRequest>> {
  const samplesOf = windowReader(data);
  const inDepth = data.soundsFolder !== undefined;
  const recogniser = await MoonshineRecogniser.open(data.modelFolder, data.threads, {
    inDepth,
    spokenTo: data.spokenTo,
  });
  const sounds = data.soundsFolder === undefined ? undefined : await SoundHead.open(data.soundsFolder);
  return async (request, isCancelled) => {
    if (request.method === 'detect') throw wrongRole(data, request);
    const samples = samplesOf(request.parameters);
    if (request.method === 'recognise') {
      const { settled, draft, guess } = request.parameters;
      return recogniser.recognise({ samples, settled, draft, guess, isCancelled });
    }
    if (request.method === 'classify') {
      if (!sounds) throw wrongRole(data, request);
      normaliseWindow(samples);
      const { states, earlyStates } = await recogniser.encodeInDepth(samples);
      return sounds.classify(samples, states, earlyStates);
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

function wrongRole(data: ThreadData, request: ThreadRequest): EarshotError {
  return new EarshotError('internal', `The ${data.role} thread cannot "${request.method}".`);
}

void serveThread((data: ThreadData) =>
  data.role === 'detector' ? openDetector(data) : openRecogniser(data),
);
