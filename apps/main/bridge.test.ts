import { build } from 'esbuild';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DESKTOP_CHANNELS,
  desktopMethods,
  doorMethods,
  type DesktopDoor,
  type DoorPush,
  type DoorResponse,
} from '#protocol';
import { Bridge, type DesktopHandlers } from './bridge.ts';

type Listener = (event: unknown, ...args: unknown[]) => unknown;

/** Both ends of Electron's IPC in one process: what the real preload and the real bridge register meets here. */
class Wire {
  readonly handlers = new Map<string, Listener>();
  readonly mainListeners = new Map<string, Listener>();
  readonly windowListeners = new Map<string, Set<Listener>>();
  /** Every channel that a window used. */
  readonly used = new Set<string>();
  url = 'app://earshot/index.html';
  parent: object | null = null;
  readonly sender = { id: 7, on: () => undefined };

  readonly ipcMain = {
    handle: (channel: string, listener: Listener) => this.handlers.set(channel, listener),
    removeHandler: (channel: string) => this.handlers.delete(channel),
    on: (channel: string, listener: Listener) => this.mainListeners.set(channel, listener),
    off: (channel: string) => this.mainListeners.delete(channel),
  };

  readonly ipcRenderer = {
    invoke: async (channel: string, ...args: unknown[]) => {
      this.used.add(channel);
      const handler = this.handlers.get(channel);
      if (!handler) throw new Error(`nobody handles ${channel}`);
      return handler(this.#event(), ...structuredClone(args));
    },
    send: (channel: string, ...args: unknown[]) => {
      this.used.add(channel);
      this.mainListeners.get(channel)?.(this.#event(), ...args);
    },
    on: (channel: string, listener: Listener) => {
      this.used.add(channel);
      const listeners = this.windowListeners.get(channel) ?? new Set();
      this.windowListeners.set(channel, listeners.add(listener));
    },
    off: (channel: string, listener: Listener) => this.windowListeners.get(channel)?.delete(listener),
  };

  readonly contents = {
    isDestroyed: () => false,
    send: (channel: string, ...args: unknown[]) => {
      for (const listener of this.windowListeners.get(channel) ?? []) listener({}, ...args);
    },
  };

  #event() {
    return { sender: this.sender, senderFrame: { url: this.url, parent: this.parent } };
  }
}

/** Runs the real preload, bundled as it is shipped, against the wire. */
async function loadPreload(wire: Wire): Promise<DesktopDoor> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../preload/index.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    external: ['electron'],
  });
  const exposed: Record<string, unknown> = {};
  const electron = {
    ipcRenderer: wire.ipcRenderer,
    contextBridge: { exposeInMainWorld: (name: string, api: unknown) => (exposed[name] = api) },
    webUtils: { getPathForFile: () => '/tmp/a.wav' },
  };
  const load = (name: string): unknown => {
    // The sandbox gives a preload nothing else.
    if (name === 'electron') return electron;
    throw new Error(`a sandboxed preload cannot load ${name}`);
  };
  const context = createContext({ require: load, module: { exports: {} }, exports: {} });
  runInContext(outputFiles[0]?.text ?? '', context);
  expect(Object.keys(exposed)).toEqual(['earshot']);
  return exposed['earshot'] as DesktopDoor;
}

const desktop = new Proxy({} as DesktopHandlers, {
  get: (_target, method) => () => ({ answered: method }),
});

let wire: Wire;
let asked: string[];
let heard: Float32Array[];
let bridge: Bridge;
let door: DesktopDoor;

beforeEach(async () => {
  wire = new Wire();
  asked = [];
  heard = [];
  bridge = new Bridge({
    ipc: wire.ipcMain as never,
    session: {
      ask: (method, params, caller) => {
        asked.push(`${caller} ${method} ${JSON.stringify(params)}`);
        return Promise.resolve({} as never);
      },
      pushAudio: (samples) => heard.push(samples),
      leave: () => undefined,
    },
    desktop,
    onLeave: () => undefined,
    audience: () => [wire.contents],
  });
  door = await loadPreload(wire);
});
afterEach(() => bridge.dispose());

describe('the bridge between windows and main', () => {
  it('has one list of channels: preload, handlers and list agree', async () => {
    const off = door.onPush(() => undefined);
    await door.ask('host.state', {});
    await door.desktop('captions.state', {});
    door.sendAudio(new Float32Array(1));
    const listed = Object.values(DESKTOP_CHANNELS).sort();
    expect([...wire.used].sort()).toEqual(listed);
    const handled = [...wire.handlers.keys(), ...wire.mainListeners.keys(), ...wire.windowListeners.keys()];
    expect(handled.sort()).toEqual(listed);
    off();
    bridge.dispose();
    expect(wire.handlers.size + wire.mainListeners.size).toBe(0);
    expect(wire.windowListeners.get(DESKTOP_CHANNELS.push)?.size).toBe(0);
  });

  it('exposes the door and nothing else', () => {
    expect(Object.keys(door).sort()).toEqual(['ask', 'desktop', 'onPush', 'pathForFile', 'sendAudio']);
    expect(door.pathForFile({})).toBe('/tmp/a.wav');
  });

  it('carries questions, answers, pushes and sound', async () => {
    await door.ask('sessions.rename', { id: 3, title: 'Monday' });
    expect(asked).toEqual(['window-7 sessions.rename {"id":3,"title":"Monday"}']);
    const pushes: DoorPush[] = [];
    door.onPush((push) => pushes.push(push));
    bridge.push({ kind: 'level', peak: 1, rms: 0.5 });
    expect(pushes).toEqual([{ kind: 'level', peak: 1, rms: 0.5 }]);
    door.sendAudio(Float32Array.of(0.25));
    expect(heard).toEqual([Float32Array.of(0.25)]);
  });

  it('reaches every method of the list', async () => {
    for (const method of Object.keys(desktopMethods) as (keyof typeof desktopMethods)[]) {
      const params =
        method === 'captions.lock' ? { locked: true } : method === 'hotkey.pause' ? { paused: true } : {};
      expect(await door.desktop(method, params as never)).toEqual({ answered: method });
    }
    for (const method of ['listen.toggle', 'settings.get', 'models.list'] as const)
      await door.ask(method, {});
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['a method that does not exist', 'ask', 'sessions.burn', {}],
    ['a method that every object has', 'ask', 'constructor', {}],
    ['a wrong parameter', 'ask', 'sessions.get', { id: -1 }],
    ['parameters that are none', 'ask', 'sessions.rename', null],
    ['a desktop method that does not exist', 'desktop', '__proto__', {}],
    ['a wrong desktop parameter', 'desktop', 'captions.lock', { locked: 'yes' }],
  ] as const)('refuses %s', async (_what, kind, method, params) => {
    const question =
      kind === 'ask'
        ? door.ask(method as 'host.state', params as never)
        : door.desktop(method as 'captions.state', params as never);
    await expect(question).rejects.toMatchObject({
      name: 'EarshotError',
      message: expect.stringMatching(/^[^\n]+\.$/) as string,
    });
    expect(asked).toEqual([]);
  });

  it('answers malformed messages instead of failing', async () => {
    for (const raw of [undefined, null, 7, 'x', [], { id: 1 }, { id: 'a', method: 'host.state' }]) {
      const answer = (await wire.ipcRenderer.invoke(DESKTOP_CHANNELS.ask, raw)) as DoorResponse;
      expect(answer.ok).toBe(false);
    }
    for (const raw of ['x', [1, 2], new Float64Array(4), new Float32Array(400_000), undefined]) {
      wire.ipcRenderer.send(DESKTOP_CHANNELS.audio, raw);
    }
    expect(heard).toEqual([]);
  });

  it('does not listen to a foreign page or an embedded frame', async () => {
    for (const [url, parent] of [
      ['https://evil.example/', null],
      ['app://earshot/index.html', {}],
    ] as const) {
      wire.url = url;
      wire.parent = parent;
      await expect(door.ask('host.state', {})).rejects.toMatchObject({ code: 'protocol' });
      await expect(door.desktop('captions.show', {})).rejects.toMatchObject({ code: 'protocol' });
      door.sendAudio(new Float32Array(1));
    }
    expect(asked).toEqual([]);
    expect(heard).toEqual([]);
  });

  it('knows every door method by its schema', () => {
    // A method without a schema on both sides would slip through unchecked.
    for (const { params, result } of Object.values(doorMethods)) {
      expect(params.safeParse).toBeTypeOf('function');
      expect(result.safeParse).toBeTypeOf('function');
    }
  });
});
