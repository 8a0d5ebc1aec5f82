import {
  createSessionHost,
  findInterruptibleSpeaker,
  listDevices,
  openApplication,
  openMicrophone,
  systemClock,
} from '#session';
import type { HostInfo, Settings } from '#protocol';
import { ElectronInferenceHost } from './inference-host.ts';
import type { SessionPort } from './session-port.ts';

export interface OpenSessionOptions {
  readonly dataDir: string | undefined;
  readonly inferencePath: string;
  readonly capturePath: string;
  readonly version: string;
}

export interface OpenedSession {
  readonly port: SessionPort;
  readonly settings: Settings;
  readonly dataPath: string;
}

/** Opens the session with Electron's kind of processes. @throws EarshotError as `openApplication` does. */
export async function openSession(options: OpenSessionOptions): Promise<OpenedSession> {
  const application = await openApplication({
    dataDir: options.dataDir,
    host: new ElectronInferenceHost(options.inferencePath),
  });
  const capture = { processPath: options.capturePath };
  const host = createSessionHost({
    application,
    info: describeHost(options.version),
    clock: systemClock,
    sources: {
      openMicrophone: (microphone) => openMicrophone({ ...microphone, ...capture }),
      listDevices: () => listDevices(capture),
    },
    findSpeaker: (name) => findInterruptibleSpeaker(name, { playbackPath: options.capturePath }),
  });
  const port: SessionPort = {
    get state() {
      return host.state;
    },
    ask: (method, params, caller) => host.ask(method, params, caller),
    onPush: (listener) => host.onPush(listener),
    pushAudio: (samples, caller) => host.pushAudio(samples, caller),
    leave: (caller) => host.leave(caller),
    toggle: () => host.toggle(),
    dispose: async () => {
      await host.dispose();
      await application.close();
    },
  };
  return { port, settings: application.settings, dataPath: application.dataFolder.path };
}

/** What is true of every desktop; the rest is known only later and added when somebody asks. */
function describeHost(version: string): HostInfo {
  return {
    version,
    platform: process.platform,
    kind: 'desktop',
    abilities: {
      nativeMicrophone: true,
      systemAudio: false,
      hotkey: true,
      startAtLogin: true,
      captionsWindow: true,
      control: true,
    },
    notices: [],
  };
}
