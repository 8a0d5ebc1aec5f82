import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DoorPush, HostInfo } from '#protocol';
import { openFileSource, systemClock } from '#audio';
import { installTestModels } from '../../../test/setup/test-models.ts';
import { Application } from '../controller/application.ts';
import type { LiveSources } from '../door/methods.ts';
import { createSessionHost, type SessionHost } from '../door/session-host.ts';
import { NodeInferenceHost } from '../engine-host/node-host.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** "He was not an ill disposed young man", 2.99 s. */
export const SPEECH_PATH = join(ROOT, 'test/fixtures/audio/disposed.wav');

/** What a host in tests says of itself. */
export const TEST_HOST_INFO: HostInfo = {
  version: '0.0.0',
  platform: 'test',
  kind: 'desktop',
  abilities: {
    nativeMicrophone: true,
    systemAudio: false,
    hotkey: false,
    startAtLogin: false,
    captionsWindow: false,
    control: true,
  },
  notices: [],
};

/** A recording at the speed at which it was made is as good as a microphone. */
const RECORDED: LiveSources = {
  openMicrophone: () => openFileSource(SPEECH_PATH, { realtime: true }),
  listDevices: () => Promise.resolve([{ id: '0', name: 'Recording', isDefault: true }]),
};

/** A host over a real application with real models, in a data folder of its own. */
export interface HostFixture {
  readonly application: Application;
  readonly host: SessionHost;
  readonly dataPath: string;
  /** Everything that was pushed so far. */
  readonly pushes: DoorPush[];
  pushesOf<Kind extends DoorPush['kind']>(kind: Kind): Extract<DoorPush, { kind: Kind }>[];
  /** Waits until something is so. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;
  /** Ends this host and opens the next one over the same data. */
  reopen(signal?: AbortSignal): Promise<HostFixture>;
  dispose(): Promise<void>;
}

export interface HostFixtureOptions {
  readonly sources?: Partial<LiveSources>;
  readonly info?: Partial<HostInfo>;
  /** A model folder of its own, without models, in place of the one that all tests share. */
  readonly ownModels?: boolean;
}

export async function makeHostFixture(options: HostFixtureOptions = {}): Promise<HostFixture> {
  const folder = makeTemporaryFolder();
  if (options.ownModels !== true) symlinkSync(await installTestModels(ROOT), join(folder.path, 'models'));
  return openFixture(folder.path, options, () => folder.dispose());
}

async function openFixture(
  dataPath: string,
  options: HostFixtureOptions,
  removeFolder: () => void,
): Promise<HostFixture> {
  const application = await Application.open({
    dataDir: dataPath,
    host: new NodeInferenceHost(join(ROOT, 'out/inference.js')),
  });
  const host = createSessionHost({
    application,
    info: { ...TEST_HOST_INFO, ...options.info },
    clock: systemClock,
    sources: { ...RECORDED, ...options.sources },
  });
  const pushes: DoorPush[] = [];
  host.onPush((push) => pushes.push(push));
  const close = async (signal?: AbortSignal): Promise<void> => {
    await host.dispose(signal);
    await application.close();
  };
  return {
    application,
    host,
    dataPath,
    pushes,
    pushesOf: (kind) =>
      pushes.filter((push): push is Extract<DoorPush, { kind: typeof kind }> => push.kind === kind),
    until: async (condition, timeoutMs = 20_000) => {
      for (const endsAtMs = Date.now() + timeoutMs; !condition(); await delay(20)) {
        if (Date.now() > endsAtMs)
          throw new Error(`it did not happen in time: ${JSON.stringify(host.state)}`);
      }
    },
    reopen: async (signal) => {
      await close(signal);
      return openFixture(dataPath, options, removeFolder);
    },
    dispose: async () => {
      await close();
      removeFolder();
    },
  };
}
