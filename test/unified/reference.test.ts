import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StreamingLogMel } from '../../apps/inference/audio-interaction/features/log-mel.ts';
import { LaneContext } from '../../apps/inference/audio-interaction/lane/lane-context.ts';
import { GREEDY } from '../../apps/inference/audio-interaction/lane/sampling.ts';
import { InteractionModel } from '../../apps/inference/audio-interaction/model/interaction-model.ts';
import { readManifest } from '../../apps/inference/audio-interaction/package.ts';
import { sessionPrefix } from '../../apps/inference/audio-interaction/lane/prefix.ts';
import { Tokenizer } from '../../apps/inference/audio-interaction/text/tokenizer.ts';
import { convertSmall } from './converted.ts';
import { demoSamples, goldenArrays, goldenSession, relativeDifference } from './goldens.ts';

const CHUNK = 6400;

describe.each(['grouped', 'full-heads', 'barks'])('the checkpoint %s in float32', (name) => {
  it('gives the reference’s embeddings, logits and tokens over a session longer than its window', async () => {
    const golden = goldenSession(name);
    const arrays = goldenArrays(name);
    const converted = await convertSmall(name, 'float32');
    const manifest = await readManifest(converted.folder);
    const model = await InteractionModel.open(converted.folder, manifest, { threads: 1 });
    try {
      const tokenizer = await Tokenizer.open(join(converted.folder, 'tokenizer.json'));
      const prefix = sessionPrefix(manifest.tokens, tokenizer);
      expect(prefix).toEqual(golden.prefix);
      const lane = new LaneContext(model, {
        prefix,
        windowPositions: golden.window,
        maxReplyTokens: golden.maxReplyTokens,
        sampling: GREEDY,
        random: Math.random,
      });
      const features = new StreamingLogMel({ chunkSamples: CHUNK });
      const samples = await demoSamples();
      let worstTower = 0;
      let worstLogit = 0;
      for (const [chunk, step] of golden.steps.entries()) {
        const { mel } = features.push(samples.subarray(chunk * CHUNK, (chunk + 1) * CHUNK));
        const audio = await model.encode(mel);
        const expected = arrays.find(`tower.${chunk}`);
        if (expected) worstTower = Math.max(worstTower, relativeDifference(audio, expected));
        const found = await lane.listen(audio);
        const scale = Math.max(Math.abs(step.silence), Math.abs(step.begin), 1);
        worstLogit = Math.max(
          worstLogit,
          Math.abs(found.silence - step.silence) / scale,
          Math.abs(found.begin - step.begin) / scale,
        );
        expect({ chunk, token: found.token, best: found.best, length: lane.length }).toEqual({
          chunk,
          token: step.token,
          best: step.best,
          length: step.length,
        });
        for (const spoken of step.spoken) {
          const said = await lane.speak();
          expect(said?.token).toBe(spoken.token);
          worstLogit = Math.max(
            worstLogit,
            Math.abs((said?.logit ?? NaN) - spoken.logit) / Math.max(1, Math.abs(spoken.logit)),
          );
        }
      }
      expect(worstTower).toBeLessThan(1e-3);
      expect(worstLogit).toBeLessThan(1e-3);
      expect(lane.evictedPositions).toBeGreaterThan(0);
      process.stdout.write(
        `${name}: tower ${worstTower.toExponential(1)}, logits ${worstLogit.toExponential(1)}\n`,
      );
    } finally {
      await model.close();
      converted.dispose();
    }
  });
});
