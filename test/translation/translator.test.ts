import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GlossaryTerm } from '#protocol';
import { EarshotError } from '#protocol';
import { Translator } from '../../apps/inference/translation/translator.ts';
import { BUNDLED_PACKAGE, WORDS_PACKAGE } from './words-package.ts';

const home = mkdtempSync(join(tmpdir(), 'earshot-translator-'));
let translator: Translator;

const open = (folder: string, more: { target?: string; glossary?: GlossaryTerm[] } = {}) =>
  Translator.open({ folder, source: 'en', target: 'es', glossary: [], threads: 1, ...more });
const never = () => false;

beforeAll(async () => {
  translator = await open(WORDS_PACKAGE);
});
afterAll(async () => {
  await translator.close();
  rmSync(home, { recursive: true, force: true });
});

/** A copy of the package with one file changed. */
function broken(name: string, file: string, change: (content: string) => string | undefined): string {
  const folder = join(home, name);
  cpSync(WORDS_PACKAGE, folder, { recursive: true });
  const path = join(folder, file);
  const content = change(readFileSync(path, 'utf8'));
  if (content === undefined) rmSync(path);
  else writeFileSync(path, content);
  return folder;
}

async function refusal(folder: string, target = 'es'): Promise<EarshotError> {
  const thrown: unknown = await open(folder, { target }).catch((reason: unknown) => reason);
  if (!(thrown instanceof EarshotError)) throw new Error(`no error of ours: ${String(thrown)}`);
  expect(thrown.message).not.toContain('\n');
  return thrown;
}

describe('a translator of a hundred words', () => {
  it.each([
    ['The dog sees a cat.', 'El perro ve un gato.'],
    ['He was not an ill disposed young man.', 'Él era no un mal dispuesto joven hombre.'],
    ['the house is very old', 'el casa es muy viejo'],
  ])('says %s', async (text, wanted) => {
    for (const final of [true, false]) {
      const { text: found } = await translator.translate({ text, committed: [], final }, never);
      expect(found).toBe(wanted);
    }
  });

  it('begins with what was committed and can be cut between words', async () => {
    const text = 'The dog sees a black cat in the street';
    const first = await translator.translate({ text, committed: [], final: false }, never);
    const cut = first.breaks[3];
    expect(cut && first.text.slice(0, cut.characters)).toMatch(/^El perro( \S+)*$/);
    const committed = first.tokens.slice(0, cut?.tokens ?? 0);
    const second = await translator.translate({ text: `${text} today.`, committed, final: true }, never);
    expect(second.tokens.slice(0, committed.length)).toEqual(committed);
    expect(second.text).toContain('hoy');
  });

  it('goes on with a sentence whose beginning was rendered before', async () => {
    const beginning = await translator.translate({ text: 'The dog sees', committed: [], final: true }, never);
    const { text } = await translator.translate(
      {
        text: 'a cat.',
        beginning: beginning.lastSentence,
        committed: [],
        final: true,
      },
      never,
    );
    expect(text).toBe('un gato.');
  });

  it('translates sentence by sentence, and cuts between them', async () => {
    const text = 'The dog sees a cat. He was an old man. The house is new.';
    const { text: found } = await translator.translate({ text, committed: [], final: true }, never);
    expect(found).toBe('El perro ve un gato. Él era un viejo hombre. El casa es nuevo.');
    const partial = await translator.translate({ text, committed: [], final: false }, never);
    const [first] = partial.breaks.filter(({ characters }) => characters === 'El perro ve un gato.'.length);
    const committed = partial.tokens.slice(0, first?.tokens ?? 0);
    expect(committed.length).toBeGreaterThan(3);
    const again = await translator.translate({ text, committed, final: true }, never);
    expect(again.text).toBe(found);
    expect(again.lastSentence.source).toBe('The house is new.');
  });

  it('stops between two tokens when it is cancelled', async () => {
    let asked = 0;
    const question = { text: 'The dog sees a black cat in the street today.', committed: [], final: false };
    const { complete, tokens } = await translator.translate(question, () => (asked += 1) > 3);
    expect(complete).toBe(false);
    expect(tokens.length).toBeLessThan(4);
  });

  it('says nothing of nothing', async () => {
    const { text } = await translator.translate({ text: '  ', committed: [], final: true }, never);
    expect(text).toBe('');
  });
});

describe('the package that comes with Earshot', () => {
  const ask = async (texts: readonly string[], glossary: GlossaryTerm[] = []) => {
    const own = await open(BUNDLED_PACKAGE, { glossary });
    const found = [];
    for (const text of texts) {
      found.push((await own.translate({ text, committed: [], final: true }, never)).text);
    }
    await own.close();
    return found;
  };

  it('keeps the words of a glossary', async () => {
    const glossary = [
      { source: 'quillvane', target: 'Quillvane' },
      { source: 'machine room', target: 'sala de máquinas' },
    ];
    const found = await ask(['We went to the machine room this morning.', 'They saw quillvane.'], glossary);
    expect(found[0]).toContain('sala de máquinas');
    expect(found[1]).toMatch(/(?<!\p{L})Quillvane(?!\p{L})/u);
    // Nothing is made up around them.
    for (const text of found) expect(text.split(' ').length).toBeLessThanOrEqual(10);
  });

  it('carries over names that it never saw, and puts back those of two sentences', async () => {
    const found = await ask(['The dog sees Quillvane. I bought a book for Anna Brightwater.']);
    expect(found[0]).toMatch(/Quillvane\. .*Anna Brightwater\.$/);
  });

  it('writes the numbers that were said', async () => {
    const [found] = await ask(['The United Nations Building was built in 1952.']);
    expect(found).toContain('1952');
  });
});

describe('a package that cannot be used is refused in one line', () => {
  it.each(['encoder_model.onnx', 'decoder_model_merged.onnx', 'config.json', 'tokenizer.json'])(
    'without %s',
    async (file) => {
      const { code, message } = await refusal(broken(`without-${file}`, file, () => undefined));
      expect(code).toBe('model-corrupt');
      expect(message).toContain(`it has no ${file}`);
    },
  );

  it('without its optional files it is used', async () => {
    const own = await open(broken('optional', 'generation_config.json', () => undefined));
    expect((await own.translate({ text: 'the cat', committed: [], final: true }, never)).text).toBe(
      'el gato',
    );
    await own.close();
  });

  it.each([
    ['no-json', 'config.json', () => '{', 'is no JSON'],
    ['another-kind', 'config.json', () => '{"model_type": "bert"}', 'config.json'],
    ['no-tokenizer', 'tokenizer.json', () => '{"model": {"type": "Unheard"}}', 'tokenizer'],
    ['no-graph', 'encoder_model.onnx', () => 'nothing', 'cannot be loaded'],
  ])('%s', async (name, file, change, words) => {
    expect((await refusal(broken(name, file, change))).message).toContain(words);
  });

  it('for a language that it does not know', async () => {
    const { code, message } = await refusal(WORDS_PACKAGE, 'de');
    expect(code).toBe('bad-usage');
    expect(message).toContain('translates to es, not to de');
  });

  it('from a language that is not spoken', async () => {
    const folder = broken('from-french', 'config.json', (text) => text.replace('"en"', '"fr"'));
    expect((await refusal(folder)).message).toContain('translates from fr, not from en');
  });

  it('when its graph and its configuration are not of one model', async () => {
    const folder = broken('other-layers', 'config.json', (text) =>
      text.replace('"decoder_layers": 2', '"decoder_layers": 6'),
    );
    expect((await refusal(folder)).message).toContain('no input');
  });
});
