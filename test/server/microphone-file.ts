import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_RATE_HZ } from '#protocol';
import { referenceSamples } from '../../apps/audio/test-support.ts';
import { encodeWav } from '../streams/wav-writer.ts';

/** A sentence with a second of silence on both sides. */
async function sentence(): Promise<Float32Array> {
  const samples = await referenceSamples();
  const played = new Float32Array(samples.length + 2 * SAMPLE_RATE_HZ);
  played.set(samples, SAMPLE_RATE_HZ);
  return played;
}

/**
 * What starts Chromium with a recording as its microphone, which it plays in a circle and which is written into the
 * folder: a sentence where none is given.
 */
export async function microphoneArguments(folder: string, recording?: Float32Array): Promise<string[]> {
  const played = recording ?? (await sentence());
  const path = join(folder, 'microphone.wav');
  writeFileSync(path, encodeWav(played));
  return [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${path}`,
  ];
}
