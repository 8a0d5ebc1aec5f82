import { EarshotError, type Settings } from '#protocol';
import type { ObservedDoor } from '../door/observed-door.ts';
import type { Problem } from '../store/app-state.ts';
import type { AppStore } from '../store/app-store.ts';
import { problemOf } from '../store/problem.ts';

export interface KeepingContext {
  readonly door: ObservedDoor;
  readonly store: AppStore;
  readonly fail: (problem: Problem) => void;
}

/** Settings, models, recordings to read, devices, and what is kept. */
export function keepingActions({ door, store, fail }: KeepingContext) {
  const uploads = new Set<AbortController>();
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      fail(problemOf(error));
      return false;
    }
  };
  const refreshModels = async () => store.setState({ models: await door.ask('models.list', {}) });
  const readRecording = async (file: File): Promise<void> => {
    const path = door.desktop?.pathForFile(file);
    if (path !== undefined && path !== '') {
      await door.ask('imports.open', { path });
    } else if (door.upload) {
      const controller = new AbortController();
      uploads.add(controller);
      try {
        await door.upload(file, controller.signal);
      } finally {
        uploads.delete(controller);
      }
    } else {
      throw new EarshotError('file-not-found', '');
    }
  };

  return {
    /** Shows the change at once and takes it back when the host refuses it. */
    changeSettings: async (change: (settings: Settings) => Settings): Promise<void> => {
      const before = store.getState().settings;
      if (!before) return;
      const wanted = change(before);
      store.setState({ settings: wanted });
      const kept = await attempt(async () => {
        const settings = await door.ask('settings.set', { settings: wanted });
        store.setState({ settings });
      });
      if (!kept) store.setState({ settings: before });
    },
    installModel: (name: string) => attempt(() => door.ask('models.install', { name })),
    pauseModel: (name: string) => attempt(() => door.ask('models.pause', { name })),
    verifyModel: async (name: string) => {
      await attempt(() => door.ask('models.verify', { name }));
      await attempt(refreshModels);
    },
    removeModel: async (name: string) => {
      await attempt(() => door.ask('models.remove', { name }));
      await attempt(refreshModels);
    },
    importFiles: async (files: readonly File[]): Promise<void> => {
      for (const file of files) await attempt(() => readRecording(file));
    },
    cancelImport: (id: number) => attempt(() => door.ask('imports.cancel', { id })),
    forgetImport: (id: number) =>
      store.setState(({ imports }) => ({ imports: imports.filter((entry) => entry.id !== id) })),
    refreshDevices: () =>
      attempt(async () => store.setState({ devices: await door.ask('devices.list', {}) })),
    meter: (on: boolean, name?: string) =>
      attempt(() => door.ask('devices.meter', { on, ...(name === undefined ? {} : { name }) })),
    tryVoice: (text: string) => attempt(() => door.ask('voice.try', { text })),
    diagnostics: async (): Promise<string> => (await door.ask('host.diagnostics', {})).text,
    deleteEverything: () => attempt(() => door.ask('privacy.deleteEverything', {})),
    dispose: () => {
      for (const upload of uploads) upload.abort();
    },
  };
}
