/** Which of the pages of a browser that show the same host speaks: one at a time. */
export interface OnlyVoice {
  isMine(): boolean;
  /** Leaves it to the next page. */
  dispose(): void;
}

const LOCK = 'earshot-voice';

/**
 * Waits for its turn among the pages of this browser: two windows of one host would say the same reply at once. The first
 * keeps it until it is closed. Pages of other browsers are in rooms of their own; and where the browser has no locks
 * (a page over http from another machine) each speaks.
 */
export function onlyVoice({ locks }: { readonly locks?: LockManager }): OnlyVoice {
  if (!locks) return { isMine: () => true, dispose: () => undefined };
  const gone = new AbortController();
  let isMine = false;
  const hold = async (): Promise<void> => {
    isMine = true;
    await new Promise<void>((left) => gone.signal.addEventListener('abort', () => left(), { once: true }));
    isMine = false;
  };
  // Rejects when the page goes away before its turn has come.
  locks.request(LOCK, { signal: gone.signal }, hold).catch(() => undefined);
  return { isMine: () => isMine, dispose: () => gone.abort() };
}
