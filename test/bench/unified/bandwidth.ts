import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const MEGABYTES_EACH = 512;
const PASSES = 5;

/** Looks for a byte that is not there: the C library reads as fast as memory gives, and writes nothing. */
const READER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const bytes = Buffer.alloc(workerData.bytes, 1);
  parentPort.on('message', () => {
    const startedAt = performance.now();
    bytes.indexOf(2);
    parentPort.postMessage(performance.now() - startedAt);
  });
  parentPort.postMessage(0);
`;

/** Bytes a second that all cores together read from memory, the best of some passes. */
export async function measureReadBandwidth(): Promise<number> {
  const bytes = MEGABYTES_EACH * 1e6;
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(READER, { eval: true, workerData: { bytes } }),
  );
  const answers = (): Promise<unknown> =>
    Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  try {
    await answers();
    let best = 0;
    for (let pass = 0; pass < PASSES; pass += 1) {
      const done = answers();
      const startedAt = performance.now();
      for (const worker of workers) worker.postMessage('read');
      await done;
      best = Math.max(best, (bytes * workers.length) / ((performance.now() - startedAt) / 1000));
    }
    return best;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
