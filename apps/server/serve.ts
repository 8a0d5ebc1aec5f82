import { join } from 'node:path';
import { EarshotError, type HostInfo } from '#protocol';
import {
  createSessionHost,
  listDevices,
  listenForControl,
  obeyControl,
  openFileSource,
  openMicrophone,
  systemClock,
  type Application,
  type Clock,
  type ControlServer,
  type LiveSources,
} from '#session';
import { DoorServer } from './door-server.ts';
import { isLoopback, isWildcard, machineAddresses } from './gate.ts';
import { StaticFiles } from './static-files.ts';
import { Uploads } from './uploads.ts';
import { WebServer } from './web-server.ts';

/** Where the address stays the same, so that a browser remembers its permission for the microphone. */
export const DEFAULT_PORT = 3277;

export interface ServeOptions {
  /** Stays open while the server lives; whoever opened it closes it afterwards. */
  readonly application: Application;
  readonly version: string;
  /** Loopback when absent. */
  readonly host?: string | undefined;
  /** 0 for any that is free; the default port, or any when that is taken, when absent. */
  readonly port?: number | undefined;
  /** The built window; beside the running bundle when absent. */
  readonly rendererFolder?: string | undefined;
  /** A recording that is heard instead of a microphone, at the speed at which it was made. */
  readonly recording?: string | undefined;
  readonly clock?: Clock;
  /** A control address was used; this one lets the next browser in. */
  onNewAddress(address: string): void;
}

export interface RunningServer {
  /** Lets one browser in; replaced once it was used. */
  readonly address: string;
  /** For browsers that only watch. */
  readonly watchAddress: string;
  /** What a person has to know: who can reach it, what does not work. */
  readonly notices: readonly string[];
  /** Ends what is heard, keeps it, and lets go of everything; `signal` ends it at once. */
  close(signal?: AbortSignal): Promise<void>;
}

/** Starts the web server on an application. Throws `bad-usage` (port, address), `not-found` (window not built). */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { application, clock = systemClock } = options;
  const boundHost = options.host ?? '127.0.0.1';
  const files = await StaticFiles.open(options.rendererFolder ?? join(import.meta.dirname, 'renderer'));
  const sources = options.recording === undefined ? machineSources : await recordingSource(options.recording);
  const notices = hostNotices(boundHost);
  const info = await describeHost(options.version, sources, notices);
  const host = createSessionHost({
    application,
    info,
    clock,
    sources,
    isHere: (caller) => door.isHere(caller),
  });
  const uploads = new Uploads({ host, dataPath: application.dataFolder.path });
  await uploads.sweep(clock.now());
  const door = await DoorServer.open(host, clock);
  const server = new WebServer({
    door,
    files,
    uploads,
    onNewAddress: (address) => options.onNewAddress(address),
  });
  let control: ControlServer | undefined;
  try {
    await listen(server, boundHost, options.port);
    control = await listenForControl(application.dataFolder.path, (request) =>
      obeyControl(host, request),
    ).catch((thrown: unknown) => {
      if (!(thrown instanceof EarshotError) || thrown.code !== 'bad-usage') throw thrown;
      notices.push('Another Earshot runs with this data folder: “earshot toggle” reaches that one.');
      return undefined;
    });
  } catch (thrown) {
    await Promise.all([server.close(), host.dispose()]);
    throw thrown;
  }
  return {
    address: server.address,
    watchAddress: server.watchAddress,
    notices,
    close: async (signal) => {
      await control?.close();
      await host.dispose(signal);
      await server.close();
    },
  };
}

const machineSources: LiveSources = { openMicrophone, listDevices };

/** A recording in place of the microphones. Throws what opening it throws. */
async function recordingSource(path: string): Promise<LiveSources> {
  const first = await openFileSource(path);
  await first.close();
  return {
    openMicrophone: () => openFileSource(path, { realtime: true }),
    listDevices: () => Promise.resolve([{ id: 'recording', name: first.label, isDefault: true }]),
  };
}

async function describeHost(
  version: string,
  sources: LiveSources,
  notices: readonly string[],
): Promise<HostInfo> {
  // A machine without a screen often has no microphone either: then the browser's own is the one.
  const devices = await sources.listDevices().catch(() => []);
  return {
    version,
    platform: process.platform,
    kind: 'browser',
    abilities: {
      nativeMicrophone: devices.length > 0,
      systemAudio: false,
      hotkey: false,
      startAtLogin: false,
      captionsWindow: false,
      control: true,
    },
    notices: [...notices],
  };
}

async function listen(server: WebServer, boundHost: string, port: number | undefined): Promise<void> {
  const shownHost = isWildcard(boundHost) ? '127.0.0.1' : boundHost;
  try {
    await server.listen(boundHost, port ?? DEFAULT_PORT, shownHost);
  } catch (thrown) {
    const isTaken = thrown instanceof EarshotError && thrown.message.includes('in use');
    if (port !== undefined || !isTaken) throw thrown;
    await server.listen(boundHost, 0, shownHost);
  }
}

/** What binding to more than this machine means, in plain words. */
function hostNotices(boundHost: string): string[] {
  if (isLoopback(boundHost)) return [];
  const where = isWildcard(boundHost)
    ? `under every address of this machine (${machineAddresses().join(', ') || 'none at the moment'})`
    : `under ${boundHost}`;
  return [
    `Everyone in your network who has one of the addresses can reach Earshot ${where}. What is said crosses the network unencrypted.`,
    'Browsers give a page the microphone only on this machine itself, or over https: put a proxy that speaks https in front to listen from another one.',
  ];
}
