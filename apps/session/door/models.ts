import { join } from 'node:path';
import { EarshotError, toEarshotError, type ModelInfo, type Settings } from '#protocol';
import { installedBytes } from '../models/catalogue.ts';
import type { InstallProgress } from '../models/install.ts';
import type { ModelStatus, ModelStore } from '../models/model-store.ts';
import { installHubPackage, isHubPackage } from '../translation/index.ts';
import type { DoorHandlers, HostContext } from './methods.ts';

type ModelMethod = 'models.list' | 'models.install' | 'models.pause' | 'models.verify' | 'models.remove';

/** The part of the host that packages concern. */
export interface ModelsContext extends Pick<HostContext, 'clock' | 'push'> {
  readonly application: {
    readonly models: ModelStore;
    readonly settings: Pick<Settings, 'translation'>;
  };
}

/** An installation under way. */
interface Installation {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Between two pushes of progress of one package. */
const PROGRESS_INTERVAL_MS = 250;

/** The model packages as windows see them: what is here, what is on its way, what went wrong. */
export class Models {
  readonly #context: ModelsContext;
  readonly #isInUse: () => boolean;
  readonly #installations = new Map<string, Installation>();
  readonly #progress = new Map<string, InstallProgress>();
  readonly #pushedAtMs = new Map<string, number>();
  readonly #problems = new Map<string, string>();
  readonly #verifying = new Set<string>();

  constructor(context: ModelsContext, isInUse: () => boolean) {
    this.#context = context;
    this.#isInUse = isInUse;
  }

  readonly handlers: DoorHandlers<ModelMethod> = {
    'models.list': () => this.list(),
    'models.install': async ({ name }) => {
      await this.#status(name);
      if (!this.#installations.has(name)) void this.#install(name).catch(() => undefined);
      return {};
    },
    'models.pause': async ({ name }) => {
      await this.#pause(name);
      return {};
    },
    'models.verify': ({ name }) => this.#verify(name),
    'models.remove': ({ name }) => this.#remove(name),
  };

  async list(): Promise<ModelInfo[]> {
    const statuses = await this.#context.application.models.list();
    const known = new Set(statuses.map(({ name }) => name));
    // Packages of a hub are known once they are here; until then by what is under way, or went wrong.
    const asked = [...new Set([...this.#installations.keys(), ...this.#problems.keys()])]
      .filter((name) => !known.has(name) && isHubPackage(name))
      .map((name) => this.#unknownHubPackage(name));
    return [...statuses, ...asked].map((status) => this.#info(status));
  }

  /**
   * Installs what is missing of some packages, seen by everyone as if it had been asked for; true when something had to
   * be fetched. Throws what the installation throws, `cancelled` when the signal or a pause ends it.
   */
  async installMissing(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    const statuses = await this.#context.application.models.list();
    // A damaged package is not replaced behind the person's back: the run reports it.
    const missing = statuses.filter(
      ({ name, state }) => names.includes(name) && (state === 'missing' || state === 'partial'),
    );
    for (const { name } of missing) {
      const pause = (): void => this.#installations.get(name)?.abort.abort();
      signal.addEventListener('abort', pause, { once: true });
      try {
        const installing = this.#install(name);
        if (signal.aborted) pause();
        await installing;
      } finally {
        signal.removeEventListener('abort', pause);
      }
    }
    return missing.length > 0;
  }

  /** A run installs by itself what went missing since. */
  reportRunProgress(progress: InstallProgress): void {
    this.#report(progress);
  }

  /** The run has what it needs, or has ended. */
  settleRunProgress(): void {
    for (const name of [...this.#progress.keys()]) {
      if (this.#installations.has(name)) continue;
      this.#progress.delete(name);
      void this.#push(name);
    }
  }

  /** Stops every installation; what has come stays. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#installations.keys()].map((name) => this.#pause(name)));
  }

  async #install(name: string): Promise<void> {
    const running = this.#installations.get(name);
    // Somebody asked for it before: wait for the same one, and hear how it ends.
    if (running) {
      await running.done;
      return;
    }
    const abort = new AbortController();
    const done = this.#runInstallation(name, abort.signal);
    this.#installations.set(name, { abort, done });
    try {
      await done;
    } finally {
      this.#installations.delete(name);
      this.#progress.delete(name);
      await this.#push(name);
    }
  }

  async #runInstallation(name: string, signal: AbortSignal): Promise<void> {
    this.#problems.delete(name);
    try {
      const onProgress = (progress: InstallProgress): void => this.#report(progress);
      const { models, settings } = this.#context.application;
      if (isHubPackage(name)) {
        const { hub } = settings.translation;
        await installHubPackage({ name, hub, modelsFolder: models.folder, signal, onProgress });
      } else await models.install(name, { signal, onProgress });
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (error.code !== 'cancelled') this.#problems.set(name, error.message);
      throw error;
    }
  }

  /** Stops an installation and waits until it has stopped; its download stays and goes on with the next one. */
  async #pause(name: string): Promise<void> {
    const installation = this.#installations.get(name);
    installation?.abort.abort();
    await installation?.done.catch(() => undefined);
  }

  async #verify(name: string): Promise<ModelInfo> {
    await this.#status(name);
    this.#verifying.add(name);
    this.#problems.delete(name);
    try {
      await this.#push(name);
      const { problems } = await this.#context.application.models.verify(name);
      const [first] = problems;
      if (first !== undefined) this.#problems.set(name, first);
    } finally {
      this.#verifying.delete(name);
      await this.#push(name);
    }
    return this.#info(await this.#status(name));
  }

  async #remove(name: string): Promise<ModelInfo> {
    if (this.#isInUse()) {
      const message = 'Models are in use while Earshot listens or reads a recording. Stop that first.';
      throw new EarshotError('bad-usage', message);
    }
    await this.#pause(name);
    await this.#context.application.models.remove(name);
    this.#problems.delete(name);
    await this.#push(name);
    return this.#info(await this.#status(name));
  }

  #report(progress: InstallProgress): void {
    const { name, phase, doneBytes, totalBytes } = progress;
    const before = this.#progress.get(name);
    this.#progress.set(name, progress);
    const now = this.#context.clock.now();
    const isDue = now - (this.#pushedAtMs.get(name) ?? 0) >= PROGRESS_INTERVAL_MS;
    if (!isDue && before?.phase === phase && doneBytes < totalBytes) return;
    this.#pushedAtMs.set(name, now);
    void this.#push(name);
  }

  async #status(name: string): Promise<ModelStatus> {
    const statuses = await this.#context.application.models.list();
    const status = statuses.find((candidate) => candidate.name === name);
    if (status) return status;
    if (isHubPackage(name)) return this.#unknownHubPackage(name);
    throw new EarshotError('not-found', `There is no model package “${name}”.`);
  }

  /** How a package stands that is fetched by its name: nothing of it is known before its files have come. */
  #unknownHubPackage(name: string): ModelStatus {
    const { models, settings } = this.#context.application;
    const address = `${settings.translation.hub.replace(/\/+$/, '')}/${name}`;
    return {
      name,
      state: 'missing',
      bytes: 0,
      folder: join(models.folder, name),
      manifest: {
        name,
        title: name,
        engine: 'embedded',
        version: '',
        license: '',
        homepage: address,
        lanes: ['translate'],
        source: { kind: 'hub', address, commit: '' },
        files: [],
      },
    };
  }

  async #push(name: string): Promise<void> {
    const status = await this.#status(name).catch(() => undefined);
    if (status) this.#context.push({ kind: 'model', model: this.#info(status) });
  }

  #info({ name, manifest, state, bytes }: ModelStatus): ModelInfo {
    const progress = this.#progress.get(name);
    const problem = this.#problems.get(name);
    const shown = progress || this.#installations.has(name) ? 'installing' : state;
    return {
      name,
      title: manifest.title,
      engine: manifest.engine,
      version: manifest.version,
      license: manifest.license,
      state: this.#verifying.has(name) ? 'verifying' : shown,
      bytesOnDisk: bytes,
      bytesTotal: installedBytes(manifest),
      ...(manifest.source.kind === 'bundled' && { removable: false }),
      ...(manifest.memoryBytes !== undefined && { memoryBytes: manifest.memoryBytes }),
      ...(progress && {
        progress: {
          doneBytes: progress.doneBytes,
          totalBytes: progress.totalBytes,
          phase: progress.phase,
        },
      }),
      ...(problem !== undefined && { problem }),
    };
  }
}
