import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_RATE_HZ } from '#protocol';
import { referenceSamples } from '../../apps/audio/test-support.ts';
import { encodeWav } from '../streams/wav-writer.ts';

/**
 * What starts Chromium with a recording as its microphone, which it plays in a circle: a sentence with a second of
 * silence on both sides, written into the folder.
 */
export async function microphoneArguments(folder: string): Promise<string[]> {
  const samples = await referenceSamples();
  const played = new Float32Array(samples.length + 2 * SAMPLE_RATE_HZ);
  played.set(samples, SAMPLE_RATE_HZ);
  const path = join(folder, 'microphone.wav');
  writeFileSync(path, encodeWav(played));
  return [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${path}`,
  ];
}
