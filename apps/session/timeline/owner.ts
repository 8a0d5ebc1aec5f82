import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EarshotError } from '#protocol';
import { ProcessLock } from '../storage/process-lock.ts';

/** A lock file this old that nobody holds is litter of a process that was killed. */
const LITTER_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * Says which process writes which session. Every store that writes holds a lock of its own as long as it lives; a
 * session that is open while the lock of its owner is free was left behind by a process that died.
 */
export class SessionOwner {
  private readonly folder: string;
  private lock: ProcessLock | undefined;
  private ownId = '';

  constructor(timelinePath: string) {
    this.folder = `${timelinePath}-owners`;
  }

  /** This store's own id; takes the lock the first time, so that a reader never writes one. */
  id(): string {
    if (this.lock) return this.ownId;
    const id = randomUUID();
    this.lock = ProcessLock.tryAcquire(this.lockPath(id));
    if (!this.lock) throw new EarshotError('store-failed', `The lock ${this.lockPath(id)} cannot be taken.`);
    this.ownId = id;
    return id;
  }

  isSelf(owner: string): boolean {
    return this.lock !== undefined && owner === this.ownId;
  }

  /** True when the process that writes as `owner` is alive; also for this store itself. */
  isAlive(owner: string): boolean {
    return this.isSelf(owner) || ProcessLock.isHeld(this.lockPath(owner));
  }

  /** Removes old lock files of dead processes that no open session names. */
  sweep(namedByOpenSessions: ReadonlySet<string>, nowMs: number): void {
    let names: string[];
    try {
      names = readdirSync(this.folder).filter((name) => name.endsWith('.lock'));
    } catch {
      return;
    }
    for (const name of names) {
      const path = join(this.folder, name);
      const owner = name.slice(0, -'.lock'.length);
      try {
        const old = nowMs - statSync(path).mtimeMs > LITTER_AGE_MS;
        if (old && !namedByOpenSessions.has(owner) && !this.isAlive(owner)) rmSync(path, { force: true });
      } catch {
        // Another process swept it first.
      }
    }
  }

  release(): void {
    this.lock?.release({ remove: true });
    this.lock = undefined;
  }

  private lockPath(owner: string): string {
    return join(this.folder, `${owner}.lock`);
  }
}
