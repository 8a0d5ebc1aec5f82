/**
 * Builds the demo recording in `resources/demo` from its parts. The result is committed; this script says how it was
 * made and makes it again, bit for bit:
 *
 *     EARSHOT_DATA=… node build/run.mjs --script test/streams/build-demo.ts
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClipLoader } from './clip.ts';
import { composeStream } from './compose.ts';
import { findDataFolder } from './data-folder.ts';
import { demoScenario } from './demo-scenario.ts';
import { encodeFlac } from './flac-writer.ts';

const dataFolder = findDataFolder();
if (dataFolder === undefined) {
  process.stderr.write('The recordings are not here. Set EARSHOT_DATA to their folder.\n');
  process.exit(2);
}
const { samples, timeline } = await composeStream(demoScenario(dataFolder), createClipLoader(dataFolder));
const folder = join('resources', 'demo');
const flac = encodeFlac(samples);
await writeFile(join(folder, 'rainy-evening.flac'), flac);
await writeFile(join(folder, 'demo.json'), JSON.stringify(timeline, undefined, 2) + '\n');
process.stdout.write(`${timeline.durationSeconds} s, ${flac.length} bytes\n`);
