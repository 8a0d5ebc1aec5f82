import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EarshotEvent, EventOf } from '#protocol';
import { decisionsByLane, earshot, makeDataFolder, NO_REGISTRY, parseEvents } from '../cli/earshot.ts';
import { startScriptedServer, type ScriptedServer } from '../llm/server-process.ts';
import { WORDS_PACKAGE } from './words-package.ts';

const SPEECH = join('test', 'fixtures', 'audio', 'disposed.wav');
const TRANSLATED = /^Él era no un mal dispuesto joven hombre\.$/;
let data: Awaited<ReturnType<typeof makeDataFolder>>;
let server: ScriptedServer;

beforeAll(async () => {
  [data, server] = await Promise.all([makeDataFolder({ models: true }), startScriptedServer()]);
}, 120_000);
afterAll(async () => {
  await server.stop();
  await data.remove();
});

const settle = (settings: object) =>
  writeFileSync(join(data.path, 'settings.json'), JSON.stringify(settings));

async function listen(...more: string[]): Promise<{ events: EarshotEvent[]; err: string }> {
  const args = ['listen', SPEECH, '--json', '--lanes', 'transcribe,translate', '--pace', 'live', ...more];
  const { exitCode, out, err } = await earshot(args, { dataDir: data.path, env: NO_REGISTRY });
  expect(exitCode, err).toBe(0);
  return { events: parseEvents(out), err };
}

const of = <Type extends EarshotEvent['type']>(events: readonly EarshotEvent[], type: Type) =>
  events.filter((event): event is EventOf<Type> => event.type === type);

/** The transcript is there, whole, whatever became of its translation. */
function expectTranscript(events: readonly EarshotEvent[]): void {
  const [transcript] = of(events, 'transcript').filter(({ final }) => final);
  expect(transcript?.text).toMatch(/young man/);
  expect(events.at(-1)?.type).toBe('end');
}

describe('earshot listen --lanes transcribe,translate', () => {
  it('renders each final transcript once, under its own number', async () => {
    settle({});
    const { events } = await listen('--to', 'es', '--translator', WORDS_PACKAGE);
    expectTranscript(events);
    const translations = of(events, 'translation');
    const finals = translations.filter(({ final }) => final);
    expect(finals).toHaveLength(1);
    expect(finals[0]).toMatchObject({ of: 0, id: 0, language: 'es' });
    expect(finals[0]?.text).toMatch(TRANSLATED);
    expect(translations.at(-1)?.final).toBe(true);
    const order = events.map(({ type }) => type);
    expect(order.lastIndexOf('transcript')).toBeLessThan(order.lastIndexOf('translation'));
    const decided = decisionsByLane(events);
    expect(decided.get('translate')).toEqual(decided.get('transcribe'));
  });

  it('prints the translation under its words', async () => {
    const args = ['listen', SPEECH, '--lanes', 'translate', '--to', 'es', '--translator', WORDS_PACKAGE];
    const { out } = await earshot(args, { dataDir: data.path, env: NO_REGISTRY });
    expect(out).toMatch(/young man\.?\n +es: Él era no un mal dispuesto joven hombre\./);
  });

  it('translates with what comes with Earshot when a language is named, and not unasked', async () => {
    settle({});
    const run = async (...more: string[]) => {
      const args = ['listen', SPEECH, '--json', ...more];
      const { exitCode, out, err } = await earshot(args, { dataDir: data.path, env: NO_REGISTRY });
      expect(exitCode, err).toBe(0);
      const events = parseEvents(out);
      expectTranscript(events);
      return { lanes: of(events, 'ready')[0]?.lanes, translations: of(events, 'translation') };
    };
    expect(await run()).toEqual({ lanes: ['transcribe', 'sounds', 'assist'], translations: [] });
    const named = await run('--to', 'es');
    expect(named.lanes).toContain('translate');
    expect(named.translations.filter(({ final }) => final)).toMatchObject([{ of: 0, language: 'es' }]);
    expect(named.translations.at(-1)?.text).toMatch(/hombre|joven/);
    const beside = await run('--to', 'es', '--lanes', 'transcribe');
    expect(beside.lanes).toEqual(['transcribe', 'translate']);
    settle({ lanes: ['transcribe', 'translate'] });
    expect((await run()).translations).toHaveLength(1);
  }, 60_000);

  it('says what is wrong with a package in one line and goes on listening', async () => {
    const damaged = join(data.root, 'damaged');
    cpSync(WORDS_PACKAGE, damaged, { recursive: true });
    writeFileSync(join(damaged, 'tokenizer.json'), '{}');
    const other = join(data.root, 'other-layout');
    cpSync(WORDS_PACKAGE, other, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(other, 'manifest.json'), 'utf8')) as {
      files: { path: string }[];
    };
    manifest.files = manifest.files.filter(({ path }) => path === 'config.json');
    writeFileSync(join(other, 'manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(other, 'tokenizer.json'), '{}');
    for (const [wrong, words] of [
      [['--to', 'de', '--translator', WORDS_PACKAGE], 'goes from en to es, not from en to de'],
      [['--to', 'es', '--translator', damaged], 'damaged: tokenizer.json'],
      [['--to', 'es', '--translator', other], 'cannot be used: tokenizer.json'],
      [['--to', 'es', '--translator', join(data.root, 'nowhere')], 'no model package'],
      [['--to', 'es', '--translator', 'opus-mt-en-es'], 'models install opus-mt-en-es'],
      [['--to', 'xx'], 'No translation package to "xx"'],
    ] as const) {
      const { events } = await listen(...wrong);
      expectTranscript(events);
      const errors = of(events, 'error');
      expect(errors.map(({ message }) => message).join('\n'), wrong.join(' ')).toContain(words);
      expect(errors).toHaveLength(1);
      expect(errors[0]?.message).not.toContain('\n');
      expect(of(events, 'translation')).toEqual([]);
    }
  }, 120_000);

  it('refuses a language that is none', async () => {
    const { exitCode, err } = await earshot(['listen', SPEECH, '--to', 'Spanish!'], { dataDir: data.path });
    expect(exitCode).toBe(2);
    expect(err).toContain('Name it by two letters');
  });
});

describe('translation through a language model', () => {
  const through = (model: string, more: object = {}) =>
    settle({
      llm: { address: server.address, model, contextTokens: 4096 },
      translation: { throughLanguageModel: true, package: WORDS_PACKAGE, ...more },
    });
  const SCRIPTED = 'The kettle boiled at noon. Anna asked for tea.';

  it('shows what the model says, piece by piece, as the same events', async () => {
    through('fluent', { glossary: [{ source: 'young man', target: 'mozo' }] });
    const { events } = await listen();
    expectTranscript(events);
    const translations = of(events, 'translation');
    expect(translations.filter(({ final }) => final).map(({ text }) => text)).toEqual([SCRIPTED]);
    expect(translations.every(({ language }) => language === 'es')).toBe(true);
    expect(translations.some(({ final, text }) => !final && SCRIPTED.startsWith(text))).toBe(true);
    const asked = (await server.told()).at(-1)?.body;
    expect(asked?.messages[0]?.content).toContain('to Spanish');
    expect(asked?.messages[0]?.content).toContain('"young man" is "mozo"');
    expect(asked?.messages.at(-1)?.content).toMatch(/young man/);
  });

  it.each(['fails', 'absent', 'hangs', 'stalls', 'cut', 'malformed'])(
    'falls back to the package when the model %s',
    async (model) => {
      through(model);
      const { events } = await listen();
      expectTranscript(events);
      const finals = of(events, 'translation').filter(({ final }) => final);
      expect(finals.map(({ text }) => text)).toEqual([expect.stringMatching(TRANSLATED)]);
      const errors = of(events, 'error');
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ retryable: true });
      expect(errors[0]?.message).toContain('The installed package translates instead.');
    },
    30_000,
  );

  it('needs no package when the model answers', async () => {
    settle({
      llm: { address: server.address, model: 'fluent', contextTokens: 4096 },
      translation: { throughLanguageModel: true, target: 'fr' },
    });
    const { events } = await listen();
    const finals = of(events, 'translation').filter(({ final }) => final);
    expect(finals).toMatchObject([{ text: SCRIPTED, language: 'fr', of: 0 }]);
    expect(of(events, 'error')).toEqual([]);
  });

  it('falls back when nobody answers at the address', async () => {
    settle({
      llm: { address: 'http://127.0.0.1:9', model: 'any', contextTokens: 4096 },
      translation: { throughLanguageModel: true, package: WORDS_PACKAGE },
    });
    const { events } = await listen();
    const finals = of(events, 'translation').filter(({ final }) => final);
    expect(finals.map(({ text }) => text)).toEqual([expect.stringMatching(TRANSLATED)]);
    expect(of(events, 'error')).toHaveLength(1);
  });
});
