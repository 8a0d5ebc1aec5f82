import { mixPlanar, type MonoBlock } from '../mixdown.ts';
import type { OggCodec } from './ogg.ts';

/** What the decoders of the wasm-audio-decoders family have in common. */
interface PlanarAudio {
  readonly channelData: Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
}

interface StreamDecoder {
  readonly ready: Promise<void>;
  decode(bytes: Uint8Array): PlanarAudio | Promise<PlanarAudio>;
  /** What was waiting for the next bytes; MP3 has nothing waiting. */
  flush?(): Promise<PlanarAudio>;
  free(): void | Promise<void>;
}

/** One WebAssembly decoder as mono blocks. */
export class WasmDecoder {
  readonly #decoder: StreamDecoder;

  private constructor(decoder: StreamDecoder) {
    this.#decoder = decoder;
  }

  static async open(codec: OggCodec | 'mpeg'): Promise<WasmDecoder> {
    const decoder = await createDecoder(codec);
    await decoder.ready;
    return new WasmDecoder(decoder);
  }

  /** The sound that these bytes complete; nothing yet for the first ones of a stream. */
  async decode(bytes: Uint8Array): Promise<MonoBlock | undefined> {
    return toMono(await quietly(() => this.#decoder.decode(bytes)));
  }

  /** The end of the stream. */
  async flush(): Promise<MonoBlock | undefined> {
    const decoder = this.#decoder;
    if (!decoder.flush) return undefined;
    return toMono(await quietly(() => decoder.flush?.()));
  }

  async free(): Promise<void> {
    await this.#decoder.free();
  }
}

/** Loads a decoder's package when it is needed: together they are half a megabyte to parse. */
async function createDecoder(codec: OggCodec | 'mpeg'): Promise<StreamDecoder> {
  switch (codec) {
    case 'opus':
      return new (await import('ogg-opus-decoder')).OggOpusDecoder();
    case 'vorbis':
      return new (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder();
    case 'flac':
      return new (await import('@wasm-audio-decoders/flac')).FLACDecoder();
    case 'mpeg':
      return new (await import('mpg123-decoder')).MPEGDecoder();
  }
}

function toMono(audio: PlanarAudio | undefined): MonoBlock | undefined {
  if (!audio || audio.samplesDecoded === 0 || audio.channelData.length === 0) return undefined;
  const channels = audio.channelData.map((channel) => channel.subarray(0, audio.samplesDecoded));
  return { samples: mixPlanar(channels), sampleRateHz: audio.sampleRate };
}

/**
 * Keeps the decoders from writing about damaged frames to a person's terminal. They decode before they first
 * yield, so nothing else runs while the console is silent.
 */
/* eslint-disable no-console -- not for writing: it is the decoders that write. */
function quietly<Result>(work: () => Result): Result {
  const original = console.error;
  console.error = () => undefined;
  try {
    return work();
  } finally {
    console.error = original;
  }
}
