import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contrast, type Oklch } from './oklch.ts';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** Both sides of a token. */
function sides(name: string): readonly [light: Oklch, dark: Oklch] {
  const colour = String.raw`oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)`;
  const found = new RegExp(`--${name}: light-dark\\(${colour}, ${colour}\\)`).exec(css);
  if (!found) throw new Error(`no opaque colour --${name}`);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = found.slice(1).map(Number);
  return [
    [a, b, c],
    [d, e, f],
  ];
}

const PAPERS = ['paper', 'paper-raised', 'paper-sunken'];
/** What is written on what, and the least contrast. */
const PAIRS: readonly (readonly [text: string, paper: string, least: number])[] = [
  ...PAPERS.flatMap((paper) =>
    ['ink', 'ink-second', 'danger', 'listen'].map((ink) => [ink, paper, 7] as const),
  ),
  ...PAPERS.map((paper) => ['ink-tentative', paper, 4.5] as const),
  ['ink', 'paper-pressed', 7],
  ['ink-second', 'paper-pressed', 7],
  ['sound', 'sound-wash', 7],
  ['sound', 'paper', 7],
  ['reply', 'reply-wash', 7],
  ['ink', 'reply-wash', 7],
  ['ink', 'listen-wash', 7],
  ['ink-second', 'listen-wash', 7],
  ['listen', 'listen-wash', 7],
  ['ink-tentative', 'listen-wash', 4.5],
  ['ink', 'danger-wash', 7],
  ['ink-second', 'danger-wash', 7],
  ['danger', 'danger-wash', 7],
  ['ink', 'highlight', 7],
  ['on-listen', 'listen-fill', 7],
  ['on-danger', 'danger-fill', 7],
  // Signs and edges of controls
  ['edge', 'paper', 3],
  ['edge', 'paper-raised', 3],
  ['sound-line', 'paper', 2.5],
  ['reply-line', 'paper', 3],
  ['lane-transcribe', 'paper-raised', 3],
  ['lane-translate', 'paper-raised', 3],
  ['lane-sounds', 'paper-raised', 3],
  ['lane-assist', 'paper-raised', 3],
];

describe('tokens', () => {
  it.each(PAIRS)('%s on %s reaches %d : 1, light and dark', (text, paper, least) => {
    const [inkLight, inkDark] = sides(text);
    const [paperLight, paperDark] = sides(paper);
    expect(contrast(inkLight, paperLight)).toBeGreaterThanOrEqual(least);
    expect(contrast(inkDark, paperDark)).toBeGreaterThanOrEqual(least);
  });

  it('measures contrast as WCAG does', () => {
    expect(contrast([0, 0, 0], [1, 0, 0])).toBeCloseTo(21, 1);
    // #777777 on white is 4.48 : 1.
    expect(contrast([0.5692, 0, 0], [1, 0, 0])).toBeCloseTo(4.48, 1);
  });
});
