/**
 * The capture process: one native library, one device, nothing else. PortAudio writes to the terminal, keeps its
 * device list for the life of its process and can bring that process down; here it harms nobody.
 *
 *     capture.js --backend naudiodon [--list]
 *     capture.js --play 22050
 *
 * Says which devices there are, then waits to be told which to open (or ends, with `--list`). Ends with its owner. With
 * `--play` it plays 16-bit mono samples from standard input at that rate instead, and ends with 1 when it cannot.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { CaptureLibrary } from './library.ts';
import {
  captureBackendSchema,
  captureRequestSchema,
  type CaptureBackend,
  type CaptureMessage,
} from './link.ts';
import { loadNaudiodon } from './naudiodon.ts';
import { playOnLoudspeaker } from './playback.ts';
import { loadPvRecorder } from './pvrecorder.ts';

const LIBRARIES: Readonly<Record<CaptureBackend, () => CaptureLibrary>> = {
  naudiodon: loadNaudiodon,
  pvrecorder: loadPvRecorder,
};

function say(message: CaptureMessage): void {
  // The owner may be gone already; `disconnect` ends this process then.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function fail(thrown: unknown): void {
  say({ kind: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) });
}

/** At once: native threads may hang an orderly exit, and there is nothing to save. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function listen(library: CaptureLibrary): void {
  process.on('message', (message) => {
    try {
      const { device } = captureRequestSchema.parse(message);
      const opened = library.open(device, {
        onSamples: (pcm) => say({ kind: 'samples', pcm }),
        onFailure: fail,
      });
      say({ kind: 'opened', ...opened });
    } catch (thrown) {
      fail(thrown);
    }
  });
}

function capture(backend: string | undefined, listOnly: boolean): void {
  process.on('disconnect', end);
  const library = LIBRARIES[captureBackendSchema.parse(backend)]();
  if (!listOnly) listen(library);
  say({ kind: 'devices', devices: library.listDevices() });
}

function play(sampleRate: string): void {
  const sampleRateHz = z.coerce.number().int().min(8_000).max(192_000).parse(sampleRate);
  playOnLoudspeaker(process.stdin, sampleRateHz, () => process.send?.('open')).then(
    () => process.exit(0),
    () => process.exit(1),
  );
}

function main(): void {
  try {
    const { values } = parseArgs({
      options: {
        backend: { type: 'string' },
        list: { type: 'boolean', default: false },
        play: { type: 'string' },
      },
    });
    if (values.play === undefined) capture(values.backend, values.list);
    else play(values.play);
  } catch (thrown) {
    fail(thrown);
    process.exitCode = 1;
  }
}

main();
