import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { EarshotError, SAMPLE_RATE_HZ } from '#protocol';
import { describe, expect, it } from 'vitest';
import {
  collectSamples,
  correlation,
  failureOf,
  fileWith,
  fixturePath,
  referenceSamples,
} from '../test-support.ts';
import { openFileSource } from './file-source.ts';

const WHOLE_SECONDS = 2.99;

/** Its library wants ALSA on Linux. */
function canDecode(): boolean {
  try {
    createRequire(import.meta.url)('node-web-audio-api');
    return true;
  } catch {
    process.stdout.write('M4A is not tested: its decoder cannot be loaded here.\n');
    return false;
  }
}

describe.skipIf(!canDecode())('M4A, MP4 and AAC', () => {
  it.each([
    ['its index last', 'disposed.m4a'],
    ['its index first, two channels', 'disposed-44k-stereo.m4a'],
    ['in fragments', 'disposed-fragments.m4a'],
  ])('%s: whole, in place, the right sound', async (_, name) => {
    const source = await openFileSource(fixturePath(name));
    expect(source.durationSeconds).toBeCloseTo(WHOLE_SECONDS, 2);
    const samples = await collectSamples(source);
    expect(Math.abs(samples.length - WHOLE_SECONDS * SAMPLE_RATE_HZ)).toBeLessThanOrEqual(32);
    // No shift is tried: an encoder's delay that is left in, or a seam between pieces, would ruin this.
    expect(correlation(samples, await referenceSamples())).toBeGreaterThan(0.97);
  });

  it('plays bare AAC, which cannot say how much of its start is silence', async () => {
    const samples = await collectSamples(await openFileSource(fixturePath('disposed-22k.aac')));
    const delay = Math.round((1024 / 22_050) * SAMPLE_RATE_HZ);
    expect(correlation(samples.subarray(delay), await referenceSamples())).toBeGreaterThan(0.97);
  });

  it('hands out what is there of a file that is cut off, then says so', async () => {
    const whole = await readFile(fixturePath('disposed-44k-stereo.m4a'));
    const path = await fileWith(whole.subarray(0, whole.length * 0.7), 'cut.m4a');
    const error = await failureOf(path);
    expect(error).toMatchObject({ code: 'bad-input' });
    expect(error.message).toMatch(
      /^cut\.m4a is cut off or damaged: [12]\.\d s of 3\.0 s could be decoded\.$/,
    );
  });

  it('says so in one line when the index is cut off, or lies', async () => {
    const whole = await readFile(fixturePath('disposed.m4a'));
    const cut = await failureOf(await fileWith(whole.subarray(0, 6000), 'cut.m4a'));
    expect(cut).toMatchObject({ code: 'bad-input', message: /^cut\.m4a is cut off or damaged: its index/ });
    const lying = Buffer.from(whole);
    const table = lying.indexOf('stsz');
    lying.writeUInt32BE(300, table + 8);
    lying.writeUInt32BE(0xffff_ffff, table + 12);
    expect(await failureOf(await fileWith(lying, 'lie.m4a'))).toMatchObject({ code: 'bad-input' });
  });

  it('never hangs or throws anything untyped on flipped bytes', { timeout: 60_000 }, async () => {
    let seed = 11;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff) / 0x7fff_ffff;
    for (const name of ['disposed.m4a', 'disposed-fragments.m4a', 'disposed-22k.aac']) {
      const whole = await readFile(fixturePath(name));
      for (let round = 0; round < 12; round += 1) {
        const damaged = Buffer.from(whole);
        for (let flip = 0; flip < 20; flip += 1)
          damaged[Math.floor(random() * whole.length)] = random() * 256;
        const outcome = await openFileSource(await fileWith(damaged, name))
          .then(collectSamples)
          .catch((error: unknown) => error);
        if (outcome instanceof Float32Array) expect(outcome.length).toBeLessThan(3 * 47_840);
        else expect(outcome).toBeInstanceOf(EarshotError);
      }
    }
  });
});
