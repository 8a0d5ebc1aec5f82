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

describe.each([
  ['grouped', 'grouped', 6400],
  ['full-heads', 'full-heads', 6400],
  ['barks', 'barks', 6400],
  ['grouped-200ms', 'grouped', 3200],
  ['grouped-800ms', 'grouped', 12_800],
])('the session %s in float32', (name, checkpoint, chunkSamples) => {
  it('gives the reference’s embeddings, logits and tokens over a session longer than its window', async () => {
    const golden = goldenSession(name);
    const arrays = goldenArrays(name);
    const converted = await convertSmall(checkpoint, 'float32');
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
      const features = new StreamingLogMel({ chunkSamples });
      const samples = await demoSamples();
      let worstTower = 0;
      let worstLogit = 0;
      for (const [chunk, step] of golden.steps.entries()) {
        const { mel } = features.push(samples.subarray(chunk * chunkSamples, (chunk + 1) * chunkSamples));
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
