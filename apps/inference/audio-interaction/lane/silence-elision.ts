/** Quiet that is still heard before the next chunks are left out. */
const HEARD_QUIET_SECONDS = 2;

/** Of a long silence one chunk in so much time is heard all the same, so that the model knows that time passes. */
const HEARD_EVERY_SECONDS = 10;

/**
 * Need a chunk of a long silence not be heard? A sudden sound always is: with it nothing is quiet.
 * @param quietChunks - in a row, this one counted (see `QuietTrack`).
 */
export function isElided(quietChunks: number, chunkSeconds: number): boolean {
  const heardEvery = Math.round(HEARD_EVERY_SECONDS / chunkSeconds);
  return quietChunks > Math.round(HEARD_QUIET_SECONDS / chunkSeconds) && quietChunks % heardEvery !== 0;
}
