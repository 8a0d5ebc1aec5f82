/** Random weights that begin to speak when it is loud: what time and queues of a session at full size are measured with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MEL_BANDS, StreamingLogMel } from '../../apps/inference/audio-interaction/features/log-mel.ts';
import { LaneContext } from '../../apps/inference/audio-interaction/lane/lane-context.ts';
import { GREEDY } from '../../apps/inference/audio-interaction/lane/sampling.ts';
import { InteractionModel } from '../../apps/inference/audio-interaction/model/interaction-model.ts';
import { readManifest } from '../../apps/inference/audio-interaction/package.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { TINY_SIZE, writeRandomCheckpoint } from '../../models/convert/testing/random-checkpoint.ts';
import { demoSamples } from './goldens.ts';

const CHUNK = 6400;
const FRAMES = 40;
const THRESHOLD = -0.35;
/** The decision looks at the last tenth of a second or so: where the chunk's end is near the threshold it may be either. */
const CLEAR = 0.15;

/** Smallest and largest mean over the bands in the last frames of a chunk. */
function endLoudness(mel: Float32Array): { least: number; most: number } {
  const means = Array.from({ length: 16 }, (_, i) => {
    let sum = 0;
    for (let band = 0; band < MEL_BANDS; band += 1) sum += mel[band * FRAMES + FRAMES - 16 + i] ?? 0;
    return sum / MEL_BANDS;
  });
  return { least: Math.min(...means), most: Math.max(...means) };
}

it.each(['float32', 'int4'] as const)('begin at loud sound and at no other, in %s', async (precision) => {
  const home = mkdtempSync(join(tmpdir(), 'earshot-random-speech-'));
  try {
    const [checkpoint, folder] = [join(home, 'checkpoint'), join(home, 'package')];
    writeRandomCheckpoint(checkpoint, TINY_SIZE, { speaksAbove: THRESHOLD });
    await convertCheckpoint({ checkpoint, out: folder, precision });
    const model = await InteractionModel.open(folder, await readManifest(folder), { threads: 1 });
    const lane = new LaneContext(model, {
      prefix: [model.tokens.online],
      windowPositions: 600,
      maxReplyTokens: 8,
      sampling: GREEDY,
      random: Math.random,
    });
    const features = new StreamingLogMel({ chunkSamples: CHUNK });
    const samples = await demoSamples();
    const clear = { loud: 0, quiet: 0 };
    for (let start = 0; start + CHUNK <= samples.length; start += CHUNK) {
      const { mel } = features.push(samples.subarray(start, start + CHUNK));
      const { least, most } = endLoudness(mel);
      const { token } = await lane.listen(await model.encode(mel));
      if (least > THRESHOLD + CLEAR) {
        clear.loud += 1;
        expect(token).toBe(model.tokens.textBegin);
      } else if (most < THRESHOLD - CLEAR) {
        clear.quiet += 1;
        expect(token).toBe(model.tokens.keepSilence);
      }
      while ((await lane.speak())?.last === false);
    }
    process.stdout.write(`${precision}: ${JSON.stringify(clear)}\n`);
    expect(clear.loud).toBeGreaterThan(10);
    expect(clear.quiet).toBeGreaterThan(10);
    await model.close();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
