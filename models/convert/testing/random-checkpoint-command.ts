/**
 * `node build/run.mjs --script …`: writes a checkpoint with random weights: FOLDER [full|tiny] [THRESHOLD]. With a threshold it
 * begins to speak when the mean of the mel features is above it; 0.22 is one for the demo recording.
 */
import { FULL_SIZE, TINY_SIZE, writeRandomCheckpoint } from './random-checkpoint.ts';

const [folder, size = 'full', threshold] = process.argv.slice(2);
const speaksAbove = threshold === undefined ? undefined : Number(threshold);
if (folder === undefined || !['full', 'tiny'].includes(size) || Number.isNaN(speaksAbove)) {
  process.stderr.write('Give a folder, "full" (7.5 GB) or "tiny", and perhaps a threshold such as 0.22.\n');
  process.exitCode = 2;
} else {
  const startMs = performance.now();
  const sizes = size === 'full' ? FULL_SIZE : TINY_SIZE;
  writeRandomCheckpoint(folder, sizes, { ...(speaksAbove !== undefined && { speaksAbove }) });
  process.stdout.write(`${folder} is written in ${((performance.now() - startMs) / 1000).toFixed(1)} s.\n`);
}
