import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { SAMPLE_RATE_HZ } from '#protocol';
import { z } from 'zod';
import type { CaptureHandlers, CaptureLibrary } from './library.ts';
import type { InputDevice } from './link.ts';

const deviceSchema = z.object({
  id: z.number(),
  name: z.string(),
  maxInputChannels: z.number(),
  defaultSampleRate: z.number(),
  hostAPIName: z.string(),
});
const hostsSchema = z.object({
  defaultHostAPI: z.number(),
  HostAPIs: z.array(z.object({ id: z.number(), name: z.string(), defaultInput: z.number() })),
});

/** The part of naudiodon that is used here; the package is optional, so its own types may not be there. */
interface Naudiodon {
  getDevices(): unknown;
  getHostAPIs(): unknown;
  AudioIO(options: { inOptions: Readonly<Record<string, unknown>> }): Readable & { start(): void };
}

/** On Windows every device is there once for each of four systems; this is the one with whole names and low delay. */
const PREFERRED_HOST = 'Windows WASAPI';
/** Blocks of 20 ms: an overflow then costs little, and sound is never held back. */
const BLOCKS_PER_SECOND = 50;

/** PortAudio by naudiodon. Throws when the optional package is not installed or does not load. */
export function loadNaudiodon(): CaptureLibrary {
  const load = createRequire(import.meta.url);
  const naudiodon = load('naudiodon') as Naudiodon;
  return {
    listDevices: () => listDevices(naudiodon),
    open: (device, handlers) => openDevice(naudiodon, device, handlers),
  };
}

function listDevices(naudiodon: Naudiodon): InputDevice[] {
  const inputs = z
    .array(deviceSchema)
    .parse(naudiodon.getDevices())
    .filter((device) => device.maxInputChannels > 0);
  const hosts = hostsSchema.parse(naudiodon.getHostAPIs());
  const preferred = hosts.HostAPIs.find((host) => host.name === PREFERRED_HOST);
  const defaultHost = preferred ?? hosts.HostAPIs.find((host) => host.id === hosts.defaultHostAPI);
  return inputs
    .filter((device) => !preferred || device.hostAPIName === preferred.name)
    .map((device) => ({
      id: String(device.id),
      name: device.name.trim(),
      isDefault: device.id === defaultHost?.defaultInput,
      channels: device.maxInputChannels,
      sampleRateHz: Math.round(device.defaultSampleRate),
      backend: 'naudiodon',
    }));
}

/** 16 kHz mono when the system converts; otherwise what the device itself does. Sound then is converted by us. */
function openDevice(
  naudiodon: Naudiodon,
  device: InputDevice,
  handlers: CaptureHandlers,
): { sampleRateHz: number; channels: number } {
  const formats = [
    { sampleRateHz: SAMPLE_RATE_HZ, channels: 1 },
    { sampleRateHz: device.sampleRateHz, channels: 1 },
    { sampleRateHz: device.sampleRateHz, channels: Math.min(2, device.channels) },
  ];
  let refusal: unknown;
  for (const format of formats) {
    try {
      startStream(naudiodon, device, format, handlers);
      return format;
    } catch (thrown) {
      refusal = thrown;
    }
  }
  throw refusal;
}

function startStream(
  naudiodon: Naudiodon,
  device: InputDevice,
  format: { sampleRateHz: number; channels: number },
  handlers: CaptureHandlers,
): void {
  const framesPerBuffer = Math.round(format.sampleRateHz / BLOCKS_PER_SECOND);
  const stream = naudiodon.AudioIO({
    inOptions: {
      deviceId: Number(device.id),
      channelCount: format.channels,
      sampleFormat: 16,
      sampleRate: format.sampleRateHz,
      framesPerBuffer,
      highwaterMark: framesPerBuffer * format.channels * 2,
      // The library's own two blocks overflow at the first hiccup, and by default an overflow ends the stream.
      maxQueue: 64,
      closeOnError: false,
    },
  });
  stream.on('data', (pcm: Buffer) => handlers.onSamples(pcm));
  stream.on('error', (error) => handlers.onFailure(error instanceof Error ? error.message : String(error)));
  stream.on('end', () => handlers.onFailure('the stream ended'));
  stream.start();
}
