/** Sound of one channel, at whatever rate it came. */
export interface MonoBlock {
  /** In −1 … 1 unless the recording says otherwise. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

/** The mean of channels that lie one after the other in arrays of their own. One channel is handed through. */
export function mixPlanar(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (!first) return new Float32Array(0);
  if (channels.length === 1) return first;
  const mono = Float32Array.from(first);
  for (const channel of channels.slice(1)) {
    for (let index = 0; index < mono.length; index += 1) {
      mono[index] = (mono[index] as number) + (channel[index] as number);
    }
  }
  const gain = 1 / channels.length;
  for (let index = 0; index < mono.length; index += 1) mono[index] = (mono[index] as number) * gain;
  return mono;
}

/** The mean of interleaved channels; a last incomplete frame is left out. One channel is handed through. */
export function mixInterleaved(samples: Float32Array, channelCount: number): Float32Array {
  if (channelCount === 1) return samples;
  const frames = Math.floor(samples.length / channelCount);
  const mono = new Float32Array(frames);
  const gain = 1 / channelCount;
  for (let frame = 0; frame < frames; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channelCount; channel += 1) {
      sum += samples[frame * channelCount + channel] as number;
    }
    mono[frame] = sum * gain;
  }
  return mono;
}
