import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, LANES } from '#protocol';
import { SOUND_PATHS } from '../icons/sound-paths.ts';
import { CATALOGUES, chooseLanguage, regionOf, translator, type Entry, type TextKey } from './catalogue.ts';
import { formatsOf } from './formats.ts';
import { soundName } from './sound-names.ts';

const renderer = join(import.meta.dirname, '..');
const keys = Object.keys(CATALOGUES.en) as TextKey[];

function placeholders(entry: Entry): string[] {
  const sentences = typeof entry === 'string' ? [entry] : Object.values(entry);
  return [
    ...new Set(
      sentences.flatMap((sentence) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')),
    ),
  ].sort();
}

describe.each(['es', 'zh'] as const)('the catalogue in %s', (language) => {
  it('has the keys of the English one', () => {
    expect(Object.keys(CATALOGUES[language])).toEqual(keys);
  });

  it('has the same placeholders, and every plural form its language needs', () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of keys) {
      const entry: Entry = CATALOGUES[language][key];
      expect([key, placeholders(entry)]).toEqual([key, placeholders(CATALOGUES.en[key])]);
      if (typeof entry !== 'string')
        expect([key, ...Object.keys(entry).sort()]).toEqual([key, ...[...needed].sort()]);
    }
  });
});

describe('sentences', () => {
  it('are calm: no exclamation marks, nothing empty', () => {
    for (const catalogue of Object.values(CATALOGUES)) {
      for (const [key, entry] of Object.entries(catalogue)) {
        const sentences: string[] = typeof entry === 'string' ? [entry] : Object.values(entry);
        for (const sentence of sentences) {
          expect([key, sentence.trim() === '', /[!¡！]/.test(sentence)]).toEqual([key, false, false]);
        }
      }
    }
  });

  it('exist for every error, lane and sound that is drawn', () => {
    for (const code of ERROR_CODES) expect(keys).toContain(`problem.${code}`);
    for (const lane of LANES) expect(keys).toContain(`lane.${lane}`);
    for (const label of Object.keys(SOUND_PATHS))
      if (label !== 'sound') expect(keys).toContain(`sound.${label}`);
  });

  it('fill in numbers and plurals as the language writes them', () => {
    expect(translator('en')('session.lines', { count: 1 })).toBe('1 line');
    expect(translator('en')('session.lines', { count: 12_345 })).toBe('12,345 lines');
    expect(translator('es')('session.lines', { count: 1 })).toBe('1 línea');
    expect(translator('zh')('session.lines', { count: 3 })).toBe('3 行');
  });

  it('leave what is filled in as it is, braces and all', () => {
    expect(translator('en')('search.none', { words: '{count} $& <b>' })).toBe(
      'Nothing found for “{count} $& <b>”',
    );
  });

  it('name unknown sounds by their words', () => {
    expect(soundName(translator('en'), 'kettle_whistle')).toBe('Kettle whistle');
    expect(soundName(translator('es'), 'dog_bark')).toBe('Ladridos');
    expect(soundName(translator('en'), 'constructor')).toBe('Constructor');
  });
});

describe('formats', () => {
  const formats = formatsOf('en-GB', 'UTC');
  const noon = Date.UTC(2026, 4, 14, 12, 4, 31);

  it('write times, days, sizes and durations', () => {
    expect(formats.clock(noon)).toBe('12:04:31');
    expect(formats.day(noon, noon + 3_600_000)).toBe('Today');
    expect(formats.day(noon, noon + 86_400_000)).toBe('Yesterday');
    expect(formats.day(noon, noon + 9 * 86_400_000)).toBe('Thursday 14 May');
    expect(formats.bytes(28_400_000)).toBe('28 MB');
    expect(formats.bytes(2_300_000)).toBe('2.3 MB');
    expect(formats.bytes(0)).toBe('0 byte');
    expect(formats.duration(42)).toMatch(/^42 sec/);
    expect(formats.duration(3840)).toBe('1 hr 4 mins');
  });

  it('choose the first language that the window speaks, with the person’s region', () => {
    expect(chooseLanguage(['fr-FR', 'zh-TW', 'en'])).toBe('zh');
    expect(chooseLanguage([])).toBe('en');
    expect(regionOf('en', ['de-DE', 'en-GB'])).toBe('en-GB');
    expect(regionOf('es', ['en-GB'])).toBe('es');
  });
});

/** Attributes whose text a person reads or hears. */
const READ_ATTRIBUTES = new Set([
  'label',
  'title',
  'placeholder',
  'alt',
  'aria-label',
  'aria-valuetext',
  'detail',
  'text',
  'words',
  'action',
]);
const LETTERS = /\p{L}/u;

function literalTexts(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
    ts.ScriptKind.TSX,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && LETTERS.test(node.text)) found.push(node.text.trim());
    if (
      ts.isJsxExpression(node) &&
      node.expression &&
      ts.isStringLiteral(node.expression) &&
      LETTERS.test(node.expression.text)
    ) {
      if (!ts.isJsxAttribute(node.parent)) found.push(node.expression.text);
    }
    if (
      ts.isJsxAttribute(node) &&
      READ_ATTRIBUTES.has(node.name.getText()) &&
      node.initializer &&
      ts.isStringLiteral(node.initializer)
    ) {
      found.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('views', () => {
  const views = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.tsx'),
  );

  it('are there to be looked at', () => expect(views.length).toBeGreaterThan(30));

  it.each(views)('%s has no text of its own', (name) => {
    expect(literalTexts(join(renderer, name))).toEqual([]);
  });
});
