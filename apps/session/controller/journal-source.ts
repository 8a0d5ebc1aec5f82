import { samplesToSeconds, type AudioChunk } from '#protocol';
import { readJournal, type AudioSource } from '#audio';
import type { RecoverableSession } from '../recovery.ts';

/** A journal as a source: the sound that a session heard but did not settle before its process died. */
export class JournalSource implements AudioSource {
  readonly label: string;
  readonly live = false;
  readonly durationSeconds: number;
  readonly #path: string;
  readonly #fromSample: number;
  #closed = false;

  /** @param fromSample - the first sample that is not settled. */
  constructor(found: RecoverableSession, fromSample: number) {
    this.#path = found.journalPath;
    this.#fromSample = fromSample;
    this.label = `journal of session ${found.session.id}`;
    this.durationSeconds = found.endSeconds - samplesToSeconds(fromSample);
  }

  async *chunks(): AsyncIterable<AudioChunk> {
    for await (const chunk of readJournal(this.#path, this.#fromSample)) {
      if (this.#closed) return;
      yield chunk;
    }
  }

  onStatus(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
