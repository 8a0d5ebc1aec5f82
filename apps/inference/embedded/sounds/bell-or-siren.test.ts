import { describe, expect, it } from 'vitest';
import { BellOrSiren } from './bell-or-siren.ts';

const LABELS = ['siren', 'rain', 'doorbell'].map((label) => ({ label, threshold: 0.5 }));

describe('a bell or a siren', () => {
  it('is a bell when it dies away, however sure the network is of a siren', () => {
    const judged = new BellOrSiren(LABELS).judge(Float32Array.of(0.9, 0.3, 0.2), 0.8);
    expect([...judged].map((chance) => Math.round(chance * 10) / 10)).toEqual([0, 0.3, 0.9]);
  });

  it('is what the network says when it goes on as loud as before', () => {
    const chances = Float32Array.of(0.9, 0.3, 0.2);
    expect(new BellOrSiren(LABELS).judge(chances, 0.2)).toBe(chances);
  });

  it('is not asked where a package knows only one of the two', () => {
    const chances = Float32Array.of(0.9, 0.3);
    expect(new BellOrSiren(LABELS.slice(0, 2)).judge(chances, 1)).toBe(chances);
  });
});
