import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LANES, settingsSchema } from '#protocol';
import { ModelStore } from '../models/model-store.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { planTranslation, type TranslationWish } from './plan-translation.ts';

const temporary = makeTemporaryFolder();
afterAll(() => temporary.dispose());
const noRegistry = (): Promise<never> => Promise.reject(new Error('nothing may be fetched'));
const store = new ModelStore({ folder: join(temporary.path, 'models'), registry: noRegistry });

const plan = (more: Partial<TranslationWish> = {}, translation: object = {}) =>
  planTranslation(store, {
    settings: settingsSchema.parse({ translation }),
    lanes: LANES,
    lanesChosen: false,
    command: 'earshot',
    ...more,
  });

describe('translation on a new machine', () => {
  it('is there at once, with the package that comes with Earshot', async () => {
    const { drop, missing, options, models } = await plan();
    expect([drop, missing]).toEqual([undefined, undefined]);
    expect(options).toMatchObject({ target: 'es', package: 'earshot-translate-en-es' });
    expect(Object.keys(models ?? {})).toEqual(['earshot-translate-en-es']);
  });

  it('waits to be asked for where that is wished, by lane, package or language model', async () => {
    const unasked = await plan({ onlyWhenAsked: true });
    // It can be asked for later: what would be opened is known.
    expect([unasked.drop, unasked.options?.package]).toEqual([true, 'earshot-translate-en-es']);
    expect((await plan({ onlyWhenAsked: true, lanesChosen: true })).options?.package).toBeDefined();
    const named = await plan({ onlyWhenAsked: true }, { package: 'earshot-translate-en-es' });
    expect(named.options?.package).toBe('earshot-translate-en-es');
  });

  it('says what to install for a language that does not come with Earshot', async () => {
    const { missing, options } = await plan({ target: 'fi' });
    expect(missing?.message).toContain('earshot models install opus-mt-en-fi');
    expect(options?.package).toBeUndefined();
  });

  it('says nothing about a language that nobody asked for', async () => {
    const unasked = await plan({ target: 'fi', onlyWhenAsked: true });
    expect(unasked).toEqual({ drop: true, options: { target: 'fi', glossary: [] } });
  });

  it('says nothing about a language while its lane is off', async () => {
    expect((await plan({ target: 'fi', lanes: ['transcribe'], lanesChosen: true })).missing).toBeUndefined();
  });
});
