import { EarshotError } from '#protocol';

/** The typed error that a call throws; fails when it throws none or another one. */
export async function errorOf(work: () => unknown): Promise<EarshotError> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof EarshotError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}
