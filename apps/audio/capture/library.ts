import type { InputDevice } from './link.ts';

/** What comes from an open device; interleaved 16-bit samples. */
export interface CaptureHandlers {
  onSamples(pcm: Uint8Array): void;
  onFailure(reason: string): void;
}

/** A native capture library, loaded. Lives in the capture process only. */
export interface CaptureLibrary {
  /** The list as of the start of this process: the libraries keep it from then on. */
  listDevices(): InputDevice[];
  /** Opens a device and starts it. Throws with the library's own reason. */
  open(device: InputDevice, handlers: CaptureHandlers): { sampleRateHz: number; channels: number };
}
