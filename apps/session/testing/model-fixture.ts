import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ModelStore } from '../models/model-store.ts';
import { openNpmRegistry } from '../models/npm-registry.ts';
import { LocalRegistry } from './local-registry.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** A registry on this machine and stores over it, for one test. */
export interface ModelFixture {
  readonly registry: LocalRegistry;
  readonly modelsFolder: string;
  /** Where npm looks for the user's `.npmrc`. */
  readonly home: string;
  /** A store over npm's own libraries and configuration, as a user has it, with a home of its own. */
  makeStore(options?: { env?: NodeJS.ProcessEnv; folder?: string }): ModelStore;
  /** What lies in the store's work folder. */
  workFiles(): string[];
  /** Bytes of the unfinished download. */
  partialBytes(): number;
  dispose(): Promise<void>;
}

/** Patience for tests: long enough for a busy machine, short enough to wait for. */
const TIMING = { stallMs: 400, retries: 2, backoffMs: 10 };

export async function makeModelFixture(): Promise<ModelFixture> {
  const folder = makeTemporaryFolder();
  const modelsFolder = join(folder.path, 'models');
  const workFolder = join(modelsFolder, '.work');
  const home = join(folder.path, 'home');
  mkdirSync(home);
  const registry = await LocalRegistry.start(join(folder.path, 'packing'));
  const workFiles = (): string[] => readdirSync(workFolder).sort();
  return {
    registry,
    modelsFolder,
    home,
    workFiles,
    makeStore: (options = {}) => {
      const env = { PATH: process.env.PATH, HOME: home, npm_config_registry: registry.url, ...options.env };
      return new ModelStore({
        folder: options.folder ?? modelsFolder,
        catalogue: [registry.manifest],
        registry: () => openNpmRegistry({ env, workingFolder: home }),
        timing: TIMING,
      });
    },
    partialBytes: () => {
      const name = workFiles().find((file) => file.endsWith('.partial'));
      return name === undefined ? 0 : statSync(join(workFolder, name)).size;
    },
    dispose: async () => {
      await registry.stop();
      folder.dispose();
    },
  };
}
