/**
 * The capture process: one native library, one device, nothing else. PortAudio writes to the terminal, keeps its
 * device list for the life of its process and can bring that process down; here it harms nobody.
 *
 *     capture.js --backend naudiodon [--list]
 *
 * Says which devices there are, then waits to be told which to open (or ends, with `--list`). Ends with its owner.
 */
import { parseArgs } from 'node:util';
import type { CaptureLibrary } from './library.ts';
import {
  captureBackendSchema,
  captureRequestSchema,
  type CaptureBackend,
  type CaptureMessage,
} from './link.ts';
import { loadNaudiodon } from './naudiodon.ts';
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

function main(): void {
  process.on('disconnect', end);
  try {
    const { values } = parseArgs({
      options: { backend: { type: 'string' }, list: { type: 'boolean', default: false } },
    });
    const library = LIBRARIES[captureBackendSchema.parse(values.backend)]();
    if (!values.list) listen(library);
    say({ kind: 'devices', devices: library.listDevices() });
  } catch (thrown) {
    fail(thrown);
  }
}

main();
