import { samplesToSeconds, type AudioChunk } from '#protocol';
import { readJournal, type AudioSource, type JournalInfo } from '#audio';

/** A journal as a source: the sound that a session heard but did not settle before its process died. */
export class JournalSource implements AudioSource {
  readonly label: string;
  readonly live = false;
  readonly durationSeconds: number;
  readonly #journal: JournalInfo;
  readonly #fromSample: number;
  #closed = false;

  constructor(journal: JournalInfo, fromSample: number) {
    this.#journal = journal;
    this.#fromSample = fromSample;
    this.label = `journal of session ${journal.sessionId}`;
    this.durationSeconds = samplesToSeconds(journal.sampleCount);
  }

  async *chunks(): AsyncIterable<AudioChunk> {
    for await (const chunk of readJournal(this.#journal.path, this.#fromSample)) {
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
