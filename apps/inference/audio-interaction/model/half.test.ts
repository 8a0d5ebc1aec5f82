import { expect, it } from 'vitest';
import { fromHalf, narrowToHalves, toHalf, widenHalves } from './half.ts';

const ALL = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);

it('gives back every one of the 65,536 numbers', () => {
  const wide = new Float32Array(ALL.length);
  const back = new Uint16Array(ALL.length);
  widenHalves(ALL, wide);
  narrowToHalves(wide, back);
  const finite = ALL.filter((bits) => (bits & 0x7fff) <= 0x7c00);
  expect(finite.every((bits) => back[bits] === bits)).toBe(true);
  expect(ALL.filter((bits) => (bits & 0x7fff) > 0x7c00).every((bits) => Number.isNaN(wide[bits]))).toBe(true);
});

it('goes to the nearer neighbour, and to the even one from the middle', () => {
  const wrong = Array.from({ length: 0x7bff }, (_, bits) => bits).filter((bits) => {
    const low = fromHalf(bits);
    const step = fromHalf(bits + 1) - low;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const above = toHalf(-(low + step * 0.75)) === (0x8000 | (bits + 1));
    return toHalf(low + step / 2) !== even || toHalf(low + step / 4) !== bits || !above;
  });
  expect(wrong).toEqual([]);
  expect(toHalf(65_520)).toBe(0x7c00);
  expect(Number.isNaN(fromHalf(toHalf(NaN)))).toBe(true);
});
