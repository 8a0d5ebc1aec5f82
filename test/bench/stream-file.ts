import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeClip } from '../streams/clip.ts';
import { composeStream } from '../streams/compose.ts';
import type { Scenario } from '../streams/scenario.ts';
import { timelineSchema, type Timeline } from '../streams/timeline.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import type { BenchContext } from './bench-context.ts';

/** A composed stream on disk. */
export interface StreamFile {
  readonly path: string;
  readonly samples: Float32Array;
  readonly timeline: Timeline;
}

/** Composes a scenario into a WAV file of the benchmark's own folder. */
export async function writeStream(context: BenchContext, scenario: Scenario): Promise<StreamFile> {
  const { samples, timeline } = await composeStream(scenario, context.loadClip);
  const path = join(context.workDir, `${scenario.name.replaceAll(' ', '-')}.wav`);
  await writeFile(path, encodeWav(samples));
  return { path, samples, timeline };
}

/** The bundled demo recording, which is there also where the other recordings are not. */
export async function openDemo(): Promise<StreamFile> {
  const path = join('resources', 'demo', 'rainy-evening.flac');
  const timeline = timelineSchema.parse(
    JSON.parse(await readFile(join('resources', 'demo', 'demo.json'), 'utf8')),
  );
  return { path, samples: await decodeClip(await readFile(path)), timeline };
}
