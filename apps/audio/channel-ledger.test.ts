import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelLedger } from './channel-ledger.ts';
import { referenceSamples } from './test-support.ts';

const RATE_HZ = 16_000;

/** Seconds of sound, each channel as a sum of parts: a gain, what is heard, and from when on. */
interface Part {
  readonly from: number;
  readonly samples: Float32Array;
  readonly gain: number;
}

function mixed(seconds: number, parts: readonly Part[]): Float32Array {
  const sum = new Float32Array(seconds * RATE_HZ);
  for (const { from, samples, gain } of parts) {
    samples.forEach((sample, index) => {
      const place = Math.round(from * RATE_HZ) + index;
      if (place < sum.length) sum[place] = (sum[place] ?? 0) + gain * sample;
    });
  }
  return sum;
}

function pairs(me: Float32Array, others: Float32Array): Float32Array {
  return Float32Array.from({ length: me.length * 2 }, (_, index) =>
    Number((index % 2 === 0 ? me : others)[index >> 1]),
  );
}

/** Noise of one loudness: what every microphone has. Its own small generator, so that every run is the same. */
function noise(seconds: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: seconds * RATE_HZ }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 2 - 1;
  });
}

describe('who spoke, by the channel that carried it', () => {
  // 2.5 s of one voice, spoken at 1 s, 5 s and 9 s.
  const spoken = async (rows: { me: readonly Part[]; others: readonly Part[] }) => {
    const ledger = new ChannelLedger(RATE_HZ);
    ledger.mix(pairs(mixed(13, rows.me), mixed(13, rows.others)));
    return [1, 5, 9].map((start) => ledger.between(start, start + 2.5));
  };
  const room = { from: 0, samples: noise(13), gain: 0.003 };

  it('tells a headset from what the machine plays', async () => {
    const samples = await referenceSamples();
    const answer = await spoken({
      me: [room, { from: 1, samples, gain: 1 }, { from: 9, samples, gain: 0.2 }],
      others: [{ from: 5, samples, gain: 0.5 }],
    });
    expect(answer).toEqual(['me', 'others', 'me']);
  });

  it('does not take the loudspeakers that the microphone hears for a person beside it', async () => {
    const samples = await referenceSamples();
    // 6 ms away, and louder at the microphone than the machine says it is.
    const echo = [1, 9].map((from) => ({ from: from + 0.006, samples, gain: 0.6 }));
    const answer = await spoken({
      me: [room, ...echo, { from: 5, samples, gain: 0.3 }],
      others: [1, 9].map((from) => ({ from, samples, gain: 0.4 })),
    });
    expect(answer).toEqual(['others', 'me', 'others']);
  });

  it('hears a person over quiet music, and nobody in silence', async () => {
    const samples = await referenceSamples();
    const answer = await spoken({
      me: [room, { from: 1, samples, gain: 0.5 }],
      others: [{ from: 0, samples: noise(13), gain: 0.01 }],
    });
    expect(answer[0]).toBe('me');
    const silence = new ChannelLedger(RATE_HZ);
    silence.mix(new Float32Array(RATE_HZ * 4));
    expect(silence.between(0, 2)).toBeUndefined();
    expect(silence.between(100, 102)).toBeUndefined();
  });

  it('mixes to the sum, however the pairs are cut, and answers the same', () => {
    const property = fc.property(
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(11_025, 16_000, 44_100, 48_000),
      (lengths, rateHz) => {
        const me = noise(4).subarray(0, 3 * RATE_HZ);
        const both = pairs(
          me,
          me.map((sample, index) => (index < RATE_HZ ? 0 : sample / 2)),
        );
        const whole = new ChannelLedger(rateHz);
        const sum = whole.mix(both);
        const cut = new ChannelLedger(rateHz);
        const parts: number[] = [];
        for (let from = 0, turn = 0; from < both.length; turn += 1) {
          const end = from + 2 * (lengths[turn % lengths.length] ?? 1);
          parts.push(...cut.mix(both.subarray(from, end)));
          from = end;
        }
        expect(parts).toEqual([...sum]);
        for (const start of [0, 0.4, 1.3])
          expect(cut.between(start, start + 0.5)).toBe(whole.between(start, start + 0.5));
      },
    );
    fc.assert(property, { numRuns: 20, seed: 7 });
  });

  it('keeps exact time for hours, and no more than the last ten minutes', () => {
    const rateHz = 4_005;
    const ledger = new ChannelLedger(rateHz);
    const hour = new Float32Array(2 * rateHz * 3_600);
    ledger.mix(hour);
    const voice = noise(1).subarray(0, rateHz);
    ledger.mix(pairs(voice, new Float32Array(rateHz)));
    ledger.mix(new Float32Array(2 * rateHz * 60));
    expect(ledger.between(3_600, 3_601)).toBe('me');
    expect(ledger.between(3_598, 3_600)).toBeUndefined();
    expect(ledger.between(3_601, 3_603)).toBeUndefined();
    ledger.mix(new Float32Array(2 * rateHz * 600));
    expect(ledger.between(3_600, 3_601)).toBeUndefined();
  });
});
