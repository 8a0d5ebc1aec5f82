import { basename } from 'node:path';
import { EarshotError, toEarshotError, type DoorResult, type EarshotEvent, type ImportInfo } from '#protocol';
import { openFileSource, type AudioSource } from '#audio';
import type { ListenRun } from '../controller/listen-run.ts';
import { modelsForEngine } from '../models/catalogue.ts';
import { findRecoverable } from '../recovery.ts';
import type { DoorHandlers, HostContext } from './methods.ts';
import type { Models } from './models.ts';
import { toSessionInfo } from './sessions.ts';

type ImportMethod =
  'imports.open' | 'imports.list' | 'imports.cancel' | 'sessions.recover' | 'sessions.recoverable';

interface BegunRun {
  readonly run: ListenRun;
  readonly durationSeconds?: number | undefined;
}

/** Something to read in the background. */
interface Job {
  info: ImportInfo;
  readonly abort: AbortController;
  /** Begins the run that reads it. */
  readonly begin: (signal: AbortSignal, onEvent: (event: EarshotEvent) => void) => Promise<BegunRun>;
  /** A session that is there already is not removed when somebody changes their mind. */
  readonly keepsSession: boolean;
  /** Runs once nobody needs the file any more. */
  readonly release: () => Promise<void>;
}

export interface ImportOptions {
  /** What the recording is called; the file's own name when absent. */
  readonly name?: string;
  /** Called once the file is not needed any more: done, failed, cancelled or never begun. */
  readonly release?: () => Promise<void>;
}

/** Between two pushes of progress. */
const PROGRESS_INTERVAL_MS = 250;
/** Imports that are over and still listed. */
const KEPT_IMPORTS = 50;

/**
 * Recordings that are read in the background, one at a time, and interrupted sessions that are finished the same way.
 * Their events are not pushed: thousands would come in seconds. Windows hear of progress and read the session at its end.
 */
export class Imports {
  readonly #context: HostContext;
  readonly #models: Models;
  #jobs: Job[] = [];
  #nextId = 1;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(context: HostContext, models: Models) {
    this.#context = context;
    this.#models = models;
  }

  get isActive(): boolean {
    return this.#working !== undefined;
  }

  readonly handlers: DoorHandlers<ImportMethod> = {
    'imports.open': ({ path }) => {
      if (this.#context.info.kind === 'browser') {
        throw new EarshotError(
          'bad-usage',
          'A browser sends the recording itself; it cannot name a file here.',
        );
      }
      return this.importFile(path);
    },
    'imports.list': () => this.list(),
    'imports.cancel': async ({ id }) => {
      await this.cancel(id);
      return {};
    },
    'sessions.recover': ({ id }) => this.#recover(id),
    'sessions.recoverable': () => this.#recoverable(),
  };

  list(): ImportInfo[] {
    return this.#jobs.map(({ info }) => info);
  }

  /** Reads a recording as soon as those before it are done. */
  importFile(path: string, options: ImportOptions = {}): ImportInfo {
    const name = options.name ?? basename(path);
    return this.#add(name, {
      keepsSession: false,
      release: options.release ?? (() => Promise.resolve()),
      begin: async (signal, onEvent) => {
        const source = named(await openFileSource(path), name);
        const run = this.#context.application.listen({ source, signal, onEvent });
        return { run, durationSeconds: source.durationSeconds };
      },
    });
  }

  /** Stops reading and takes away what was written; a session that was being recovered keeps what it has. */
  async cancel(id: number): Promise<void> {
    const job = this.#jobs.find(({ info }) => info.id === id);
    if (!job) throw new EarshotError('not-found', `There is no import ${id}.`);
    job.abort.abort();
    if (job.info.state !== 'queued') return;
    this.#update(job, { state: 'cancelled' });
    await job.release();
  }

  /** Stops everything and takes nothing more. What was read of a recording stays, marked as interrupted. */
  async dispose(): Promise<void> {
    this.#closed = true;
    for (const { abort } of this.#jobs) abort.abort();
    await this.#working;
  }

  /** Cancels everything and waits until it is gone. */
  async cancelAll(): Promise<void> {
    for (const { info } of this.#jobs) {
      if (info.state === 'queued' || info.state === 'running') await this.cancel(info.id);
    }
    await this.#working;
  }

  async #recoverable(): Promise<DoorResult<'sessions.recoverable'>> {
    const { timeline, dataFolder } = this.#context.application;
    const found = await findRecoverable(timeline, dataFolder.journalPath);
    return found.map(({ session, recoverableSeconds }) => ({
      session: toSessionInfo(timeline.get(session.id)),
      recoverableSeconds,
    }));
  }

  async #recover(id: number): Promise<ImportInfo> {
    const { application } = this.#context;
    const { title } = application.timeline.get(id);
    const found = await findRecoverable(application.timeline, application.dataFolder.journalPath);
    const recoverable = found.find(({ session }) => session.id === id);
    if (!recoverable) throw new EarshotError('not-found', `There is nothing to recover in session ${id}.`);
    const waiting = this.#jobs.find(
      ({ info }) => info.sessionId === id && (info.state === 'queued' || info.state === 'running'),
    );
    if (waiting) return waiting.info;
    return this.#add(
      title,
      {
        keepsSession: true,
        release: () => Promise.resolve(),
        begin: (signal, onEvent) => Promise.resolve({ run: application.recover(id, { signal, onEvent }) }),
      },
      { sessionId: id, durationSeconds: recoverable.endSeconds },
    );
  }

  #add(
    name: string,
    work: Pick<Job, 'begin' | 'keepsSession' | 'release'>,
    known: Partial<ImportInfo> = {},
  ): ImportInfo {
    const info: ImportInfo = { id: this.#nextId, name, state: 'queued', heardSeconds: 0, ...known };
    this.#nextId += 1;
    const job: Job = { info, abort: new AbortController(), ...work };
    const over = this.#jobs.filter(({ info }) => info.state !== 'queued' && info.state !== 'running');
    const forgotten = new Set(over.slice(0, Math.max(0, over.length - KEPT_IMPORTS)));
    this.#jobs = [...this.#jobs.filter((candidate) => !forgotten.has(candidate)), job];
    this.#context.push({ kind: 'import', import: info });
    this.#working ??= this.#work();
    return info;
  }

  async #work(): Promise<void> {
    // Not in the same turn: whoever adds the first job still gets to see it queued.
    await Promise.resolve();
    for (;;) {
      const job = this.#jobs.find(({ info }) => info.state === 'queued');
      if (!job) break;
      await this.#read(job);
      // A temporary file that cannot be removed is swept at the next start.
      await job.release().catch(() => undefined);
    }
    this.#working = undefined;
  }

  async #read(job: Job): Promise<void> {
    const { signal } = job.abort;
    let run: ListenRun | undefined;
    this.#update(job, { state: 'running' });
    try {
      if (this.#closed || signal.aborted) throw new EarshotError('cancelled', 'Stopped.');
      const { application } = this.#context;
      await this.#models.installMissing(modelsForEngine(application.settings.engine), signal);
      const begun = await job.begin(
        signal,
        this.#follow(job, () => run?.sessionId),
      );
      run = begun.run;
      if (begun.durationSeconds !== undefined) this.#update(job, { durationSeconds: begun.durationSeconds });
      await run.done;
      this.#update(job, { state: 'done', ...sessionOf(run) });
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (error.code === 'cancelled') this.#cancelled(job, run?.sessionId);
      else this.#update(job, { state: 'failed', problem: error.message, ...sessionOf(run) });
    }
    this.#context.push({ kind: 'sessions-changed' });
  }

  #cancelled(job: Job, sessionId: number | undefined): void {
    // At the end of the program nobody has changed their mind: what was read stays.
    const isUnwanted = sessionId !== undefined && !job.keepsSession && !this.#closed;
    if (isUnwanted) this.#context.application.timeline.remove(sessionId);
    this.#update(job, { state: 'cancelled' });
  }

  #follow(job: Job, sessionId: () => number | undefined): (event: EarshotEvent) => void {
    let pushedAtMs = 0;
    return (event) => {
      const heardSeconds =
        event.type === 'decision' ? event.t : event.type === 'end' ? event.duration : undefined;
      if (heardSeconds === undefined) return;
      const now = this.#context.clock.now();
      const id = sessionId();
      const isNew = id !== undefined && job.info.sessionId === undefined;
      const progress = { heardSeconds: Math.max(heardSeconds, job.info.heardSeconds) };
      if (!isNew && now - pushedAtMs < PROGRESS_INTERVAL_MS && event.type !== 'end') {
        job.info = { ...job.info, ...progress };
        return;
      }
      pushedAtMs = now;
      this.#update(job, { ...progress, ...(id !== undefined && { sessionId: id }) });
      if (isNew) this.#context.push({ kind: 'sessions-changed' });
    };
  }

  #update(job: Job, change: Partial<ImportInfo>): void {
    job.info = { ...job.info, ...change };
    this.#context.push({ kind: 'import', import: job.info });
  }
}

function sessionOf(run: ListenRun | undefined): { sessionId?: number } {
  const sessionId = run?.sessionId;
  return sessionId === undefined ? {} : { sessionId };
}

/** An uploaded file has a made-up name; people know it by its own. */
function named(source: AudioSource, label: string): AudioSource {
  return {
    label,
    live: source.live,
    ...(source.durationSeconds !== undefined && { durationSeconds: source.durationSeconds }),
    chunks: () => source.chunks(),
    onStatus: (listener) => source.onStatus(listener),
    close: () => source.close(),
  };
}
