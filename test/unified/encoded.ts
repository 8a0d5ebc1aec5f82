import { CHUNK_SAMPLES } from '#protocol';
import { StreamingLogMel } from '../../apps/inference/audio-interaction/features/log-mel.ts';
import type { InteractionModel } from '../../apps/inference/audio-interaction/model/interaction-model.ts';

/** Audio embeddings [rows, width] of sound, chunk after chunk; the rest of the last chunk is silence. */
export async function encodeChunks(model: InteractionModel, samples: Float32Array): Promise<Float32Array[]> {
  const features = new StreamingLogMel({ chunkSamples: CHUNK_SAMPLES });
  const embeddings: Float32Array[] = [];
  for (let start = 0; start < samples.length; start += CHUNK_SAMPLES) {
    const chunk = new Float32Array(CHUNK_SAMPLES);
    chunk.set(samples.subarray(start, start + CHUNK_SAMPLES));
    embeddings.push(await model.encode(features.push(chunk).mel));
  }
  return embeddings;
}
