import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeWindow } from './bounds.ts';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const beamer = { x: 1440, y: 0, width: 1920, height: 1080 };
const sizes = { initial: { width: 1100, height: 760 }, least: { width: 380, height: 480 } };

describe('where a window opens', () => {
  it('opens where it was', () => {
    const remembered = { x: 1600, y: 100, width: 900, height: 700 };
    expect(placeWindow(remembered, [laptop, beamer], sizes)).toEqual(remembered);
  });

  it('comes home when its display was unplugged', () => {
    const remembered = { x: 1600, y: 100, width: 900, height: 700 };
    expect(placeWindow(remembered, [laptop], sizes)).toEqual({ x: 270, y: 113, width: 900, height: 700 });
  });

  it('is centred in its initial size the first time', () => {
    expect(placeWindow(undefined, [laptop], sizes)).toEqual({ x: 170, y: 83, width: 1100, height: 760 });
  });

  it('becomes no larger than the display', () => {
    const remembered = { x: 0, y: 25, width: 5000, height: 4000 };
    expect(placeWindow(remembered, [laptop], sizes)).toEqual({ x: 0, y: 25, width: 1440, height: 875 });
  });

  it('can always be taken hold of', () => {
    const number = fc.integer({ min: -6000, max: 6000 });
    const length = fc.integer({ min: 1, max: 6000 });
    fc.assert(
      fc.property(fc.record({ x: number, y: number, width: length, height: length }), (remembered) => {
        const placed = placeWindow(remembered, [laptop, beamer], sizes);
        const visible = [laptop, beamer].map(
          (area) =>
            Math.min(placed.x + placed.width, area.x + area.width) - Math.max(placed.x, area.x) >= 96 &&
            placed.y >= area.y - 1 &&
            placed.y + 32 <= area.y + area.height,
        );
        expect(visible).toContain(true);
        expect(placed.width).toBeGreaterThanOrEqual(380);
      }),
    );
  });
});
