import { createRequire } from 'node:module';
import { SAMPLE_RATE_HZ } from '#protocol';
import { z } from 'zod';
import type { CaptureHandlers, CaptureLibrary } from './library.ts';
import type { InputDevice } from './link.ts';

/** The part of `@picovoice/pvrecorder-node` that is used here. */
interface PvRecorder {
  readonly isRecording: boolean;
  readonly sampleRate: number;
  start(): void;
  read(): Promise<Int16Array>;
  release(): void;
  getSelectedDevice(): string;
}
interface PvRecorderClass {
  new (frameLength: number, deviceIndex?: number, bufferedFrames?: number): PvRecorder;
  getAvailableDevices(): unknown;
}

/** 32 ms. */
const FRAME_SAMPLES = 512;
const DEFAULT_DEVICE = -1;

/**
 * What ALSA lists beside devices: its plugins. None is a microphone, and one of them ("generate zero samples")
 * delivers silence as fast as it is read.
 */
const ALSA_PLUGINS = /^(?:Discard all samples|Rate Converter Plugin|Plugin (?:for|using))/;

/** miniaudio by pvrecorder: binaries inside the package, 16 kHz mono always. Throws when it does not load. */
export function loadPvRecorder(): CaptureLibrary {
  const load = createRequire(import.meta.url);
  const { PvRecorder } = load('@picovoice/pvrecorder-node') as { PvRecorder: PvRecorderClass };
  return {
    listDevices: () => listDevices(PvRecorder),
    open: (device, handlers) => openDevice(PvRecorder, device, handlers),
  };
}

/** ALSA lists whatever is in its configuration, such as sound servers that do not run: what cannot be opened is left out. */
function listDevices(PvRecorder: PvRecorderClass): InputDevice[] {
  const names = z.array(z.string()).parse(PvRecorder.getAvailableDevices());
  const canOpen = (index: number): boolean =>
    process.platform !== 'linux' || nameOfOpened(PvRecorder, index) !== undefined;
  const usable = names
    .map((name, index) => ({ name, index }))
    .filter(({ name, index }) => !ALSA_PLUGINS.test(name) && canOpen(index));
  const defaultName = usable.length > 0 ? nameOfOpened(PvRecorder, DEFAULT_DEVICE) : undefined;
  const defaultDevice = usable.find(({ name }) => name === defaultName) ?? usable[0];
  return usable.map(({ name, index }) => ({
    id: String(index),
    name,
    isDefault: index === defaultDevice?.index,
    channels: 1,
    sampleRateHz: SAMPLE_RATE_HZ,
    backend: 'pvrecorder',
  }));
}

/** Opens a device without starting it and says its name; nothing when it cannot be opened. */
function nameOfOpened(PvRecorder: PvRecorderClass, index: number): string | undefined {
  try {
    const recorder = new PvRecorder(FRAME_SAMPLES, index);
    const name = recorder.getSelectedDevice();
    recorder.release();
    return name;
  } catch {
    return undefined;
  }
}

function openDevice(
  PvRecorder: PvRecorderClass,
  device: InputDevice,
  handlers: CaptureHandlers,
): { sampleRateHz: number; channels: number } {
  const recorder = new PvRecorder(FRAME_SAMPLES, Number(device.id));
  recorder.start();
  void readFrames(recorder, handlers);
  return { sampleRateHz: recorder.sampleRate, channels: 1 };
}

async function readFrames(recorder: PvRecorder, handlers: CaptureHandlers): Promise<void> {
  try {
    while (recorder.isRecording) {
      const frame = await recorder.read();
      handlers.onSamples(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength));
    }
    handlers.onFailure('the recorder stopped');
  } catch (thrown) {
    // A read gives up by itself after about a second without sound.
    handlers.onFailure(thrown instanceof Error ? thrown.message : String(thrown));
  }
}
