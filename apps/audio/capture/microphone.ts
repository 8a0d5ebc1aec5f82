import type { ChildProcess } from 'node:child_process';
import { EarshotError } from '#protocol';
import type { Clock } from '../clock.ts';
import type { AudioSource } from '../source.ts';

/** The native library that hears. */
export type CaptureBackend = 'naudiodon' | 'pvrecorder';

/** Something that can be listened to. */
export interface InputDevice {
  /** Names the device to its backend; not stable across restarts, the name is. */
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  /** Channels it can record. */
  readonly channels: number;
  /** Its own rate in hertz. */
  readonly sampleRateHz: number;
  readonly backend: CaptureBackend;
}

export interface CaptureOptions {
  /** The bundled capture process; `capture.js` beside the running bundle when absent. */
  readonly processPath?: string;
  /** Starts the capture process (Electron has its own way); Node's fork when absent. */
  readonly fork?: (path: string, args: readonly string[]) => ChildProcess;
  /** Only this library; naudiodon, then pvrecorder, when absent. */
  readonly backend?: CaptureBackend;
  readonly clock?: Clock;
}

export interface MicrophoneOptions extends CaptureOptions {
  /** The device's name or a part of it that only one device has; the system's default when absent. */
  readonly name?: string;
}

/** Everything that can be listened to now, asked of a fresh process. Throws `device-unavailable` when no backend loads. */
export function listDevices(options: CaptureOptions = {}): Promise<InputDevice[]> {
  void options;
  return Promise.reject(new EarshotError('device-unavailable', 'Cannot list devices yet.'));
}

/** Opens a microphone. Throws `device-unavailable` when there is none or none of that name. */
export function openMicrophone(options: MicrophoneOptions = {}): Promise<AudioSource> {
  void options;
  return Promise.reject(new EarshotError('device-unavailable', 'Cannot open a microphone yet.'));
}
