import { EarshotError, toEarshotError } from '#protocol';
import type { AudioSource } from '../source.ts';
import { CaptureProcess, type CaptureOptions } from './capture-process.ts';
import { noDevice } from './device-choice.ts';
import { CAPTURE_BACKENDS, type CaptureBackend, type InputDevice } from './link.ts';
import { Microphone, OpenFailure, type MicrophoneOptions } from './microphone.ts';

/** Everything that can be listened to now, asked of a fresh process. Throws `device-unavailable` when no library loads. */
export async function listDevices(options: CaptureOptions = {}): Promise<InputDevice[]> {
  const failures: EarshotError[] = [];
  const backends = backendsOf(options);
  for (const backend of backends) {
    try {
      const devices = await CaptureProcess.list(backend, options);
      if (devices.length > 0) return devices;
    } catch (thrown) {
      failures.push(toEarshotError(thrown, 'device-unavailable'));
    }
  }
  if (failures.length < backends.length) return [];
  throw noLibrary(failures);
}

/**
 * Opens a microphone and waits for its first sound. Throws `device-unavailable` when there is none, none of that
 * name, or none that gives sound.
 */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<AudioSource> {
  const failures: OpenFailure[] = [];
  for (const backend of backendsOf(options)) {
    const opened = await Microphone.open(backend, options);
    if (!(opened instanceof OpenFailure)) return opened;
    failures.push(opened);
  }
  // The most telling one: of a library that saw devices, then of one that loaded at all.
  const withDevices = failures.find((failure) => failure.devices !== undefined && failure.devices.length > 0);
  if (withDevices) throw withDevices.error;
  if (failures.some((failure) => failure.devices !== undefined)) throw noDevice();
  throw noLibrary(failures.map((failure) => failure.error));
}

function backendsOf(options: CaptureOptions): readonly CaptureBackend[] {
  return options.backend ? [options.backend] : CAPTURE_BACKENDS;
}

function noLibrary(failures: readonly EarshotError[]): EarshotError {
  const [first] = failures;
  if (failures.length === 1 && first?.code === 'internal') return first;
  const reasons = failures.map((failure) => failure.message.replace(/\.$/, '')).join('; ');
  return new EarshotError(
    'device-unavailable',
    `No audio capture library works on this machine (${reasons}). Pass a file to listen to.`,
    { cause: first },
  );
}
