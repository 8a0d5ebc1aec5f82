import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { convertCheckpoint } from '../../../models/convert/convert.ts';
import {
  FULL_SIZE,
  TINY_SIZE,
  writeRandomCheckpoint,
} from '../../../models/convert/testing/random-checkpoint.ts';
import type { BenchContext } from '../bench-context.ts';

/** Mean of the mel features from which on it begins to speak: some chunks of the demo recording. */
const SPEAKS_ABOVE = 0.22;

/**
 * A package of the 3B's size with random weights: speed does not depend on their values. Making it takes two minutes and
 * 11 GB of disk; `EARSHOT_UNIFIED` names the folder of one that is here already. A quick run takes a tiny one.
 */
export async function fullSizePackage(context: BenchContext): Promise<string> {
  const given = process.env.EARSHOT_UNIFIED;
  if (given !== undefined) return given;
  const folder = join(context.workDir, 'unified');
  if (existsSync(folder)) return folder;
  const checkpoint = join(context.workDir, 'checkpoint');
  context.progress('a checkpoint with random weights');
  writeRandomCheckpoint(checkpoint, context.quick ? TINY_SIZE : FULL_SIZE, { speaksAbove: SPEAKS_ABOVE });
  context.progress('its conversion');
  await convertCheckpoint({ checkpoint, out: folder, precision: 'int4' });
  await rm(checkpoint, { recursive: true });
  return folder;
}
