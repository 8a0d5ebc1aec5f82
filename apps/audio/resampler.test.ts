import { SAMPLE_RATE_HZ } from '#protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resampler } from './resampler.ts';

const RATES = [4_000, 8_000, 11_025, 11_127, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000];
const HIGH_RATES = [176_400, 192_000, 352_800, 384_000];

function tone(frequencyHz: number, rateHz: number, samples: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: samples },
    (_, index) => amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz),
  );
}

function resample(input: Float32Array, rateHz: number, blockSizes: readonly number[] = [4096]): Float32Array {
  const resampler = new Resampler(rateHz);
  const parts: Float32Array[] = [];
  for (let offset = 0, turn = 0; offset < input.length; turn += 1) {
    const size = blockSizes[turn % blockSizes.length] ?? 1;
    parts.push(resampler.process(input.slice(offset, offset + size)));
    offset += size;
  }
  parts.push(resampler.flush());
  const output = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    output.set(part, offset);
    offset += part.length;
  }
  return output;
}

/** Root mean square without the edges, where the tone begins and ends abruptly. */
function level(signal: Float32Array): number {
  const inner = signal.subarray(signal.length / 4, (3 * signal.length) / 4);
  return Math.sqrt(inner.reduce((sum, sample) => sum + sample * sample, 0) / inner.length);
}

const decibels = (ratio: number): number => 20 * Math.log10(ratio);

describe('Resampler', () => {
  it.each([...RATES, ...HIGH_RATES])('keeps tones in the pass band within 0.1 dB at %i Hz', (rateHz) => {
    const edgeHz = 0.9 * Math.min(rateHz / 2, SAMPLE_RATE_HZ / 2);
    for (const frequencyHz of [100, 1_000, edgeHz * 0.7, edgeHz].filter((value) => value <= edgeHz)) {
      const output = resample(tone(frequencyHz, rateHz, rateHz), rateHz);
      expect(Math.abs(decibels(level(output) / (0.5 / Math.SQRT2)))).toBeLessThan(0.1);
    }
  });

  it.each([...RATES.filter((rate) => rate > SAMPLE_RATE_HZ), ...HIGH_RATES])(
    'rejects what would alias by more than 80 dB at %i Hz',
    (rateHz) => {
      for (const frequencyHz of [8_050, 9_500, rateHz * 0.3, rateHz * 0.45].filter(
        (value) => value > 8_000,
      )) {
        const output = resample(tone(frequencyHz, rateHz, rateHz), rateHz);
        expect(decibels(level(output) / (0.5 / Math.SQRT2))).toBeLessThan(-80);
      }
    },
  );

  it.each(RATES)(
    'makes no images and no distortion: a tone at %i Hz is that tone at 16 kHz, in phase',
    (rateHz) => {
      const frequencyHz = 440;
      const output = resample(tone(frequencyHz, rateHz, rateHz), rateHz);
      const expected = tone(frequencyHz, SAMPLE_RATE_HZ, output.length);
      const difference = output.map((sample, index) => sample - (expected[index] ?? 0));
      // In phase from the first sample on: a shift of one sample would leave an error of −15 dB.
      expect(decibels(level(difference) / level(expected))).toBeLessThan(-80);
    },
  );

  it('does not depend on block sizes and keeps the exact length', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES, 192_000),
        fc.integer({ min: 0, max: 20_000 }),
        fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 6 }),
        (rateHz, length, sizes) => {
          const input = Float32Array.from({ length }, (_, index) => Math.sin(index * index * 1e-4));
          const whole = resample(input, rateHz, [Math.max(1, length)]);
          const parts = resample(input, rateHz, sizes);
          expect(whole).toHaveLength(Math.ceil((length * SAMPLE_RATE_HZ) / rateHz));
          expect(Buffer.compare(Buffer.from(whole.buffer), Buffer.from(parts.buffer))).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('hands 16 kHz through untouched', () => {
    const resampler = new Resampler(SAMPLE_RATE_HZ);
    const block = tone(300, SAMPLE_RATE_HZ, 1000);
    expect(resampler.process(block)).toBe(block);
    expect(resampler.flush()).toHaveLength(0);
  });
});
