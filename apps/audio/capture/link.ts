/** What crosses between the capture process and its owner; every message is checked on arrival. */
import { z } from 'zod';

/** The native libraries that can hear, in the order in which they are tried. */
export const CAPTURE_BACKENDS = ['naudiodon', 'pvrecorder'] as const;
export const captureBackendSchema = z.enum(CAPTURE_BACKENDS);
export type CaptureBackend = z.infer<typeof captureBackendSchema>;

export const inputDeviceSchema = z.object({
  /** Names the device to its backend; not stable across restarts, the name is. */
  id: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  /** Channels it can record. */
  channels: z.number().int().positive(),
  /** Its own rate in hertz. */
  sampleRateHz: z.number().positive(),
  backend: captureBackendSchema,
});
/** Something that can be listened to. */
export type InputDevice = Readonly<z.infer<typeof inputDeviceSchema>>;

/** What the capture process says. */
export const captureMessageSchema = z.discriminatedUnion('kind', [
  /** The first message: everything that can be listened to, as this fresh process sees it. */
  z.object({ kind: z.literal('devices'), devices: z.array(inputDeviceSchema) }),
  /** The device is open; what follows comes at this rate, interleaved. */
  z.object({
    kind: z.literal('opened'),
    sampleRateHz: z.number().int().positive(),
    channels: z.number().int().positive(),
  }),
  /** Sound: signed 16-bit little-endian samples, whole frames. */
  z.object({ kind: z.literal('samples'), pcm: z.custom<Uint8Array>((value) => value instanceof Uint8Array) }),
  /** The library cannot be loaded, the device cannot be opened, or the stream broke. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type CaptureMessage = z.infer<typeof captureMessageSchema>;

/** What it can be asked once it has named its devices. */
export const captureRequestSchema = z.object({ kind: z.literal('open'), device: inputDeviceSchema });
export type CaptureRequest = z.infer<typeof captureRequestSchema>;
