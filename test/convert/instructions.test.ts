/** What the lanes of a package are told, and the precision that memory allows, through the built command. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TINY_SIZE, writeRandomCheckpoint } from '../../models/convert/testing/random-checkpoint.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import { earshot, packageHashes, type Finished } from './earshot-convert.ts';

const home = mkdtempSync(join(tmpdir(), 'earshot-instructions-'));
const checkpoint = join(home, 'checkpoint');
const recording = join(home, 'count.wav');
const out = join(home, 'package');

function convert(...more: string[]): Promise<Finished> {
  return earshot(['models', 'convert', checkpoint, '--out', out, ...more], { dataDir: join(home, 'data') });
}

interface Manifest {
  readonly lanes: string[];
  readonly precision: string;
  readonly instructions: Record<string, unknown>;
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
}

beforeAll(() => {
  writeRandomCheckpoint(checkpoint, TINY_SIZE);
  writeFileSync(recording, encodeWav(Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 8) / 4)));
});
beforeEach(() => rmSync(out, { recursive: true, force: true }));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('instructions', () => {
  it('stand in the manifest by lane, as words or as a recording with its hash', async () => {
    const done = await convert(
      '--instruct',
      'translate=Provide Chinese language output for the audio.',
      '--instruct-spoken',
      `sounds=${recording}`,
    );
    expect(done).toMatchObject({ exitCode: 0 });
    expect(manifest().lanes).toEqual(['translate', 'sounds']);
    expect(manifest().instructions).toEqual({
      translate: { kind: 'text', text: 'Provide Chinese language output for the audio.' },
      sounds: { kind: 'spoken', path: 'instruction-sounds.wav' },
    });
    expect(Object.keys(packageHashes(out))).toContain('instruction-sounds.wav');
    expect(readFileSync(join(out, 'instruction-sounds.wav')).equals(readFileSync(recording))).toBe(true);
  });

  it('are the usual ones where none is given, and the trained one for assist', async () => {
    await convert('--lanes', 'assist,transcribe');
    expect(Object.keys(manifest().instructions)).toEqual(['transcribe']);
  });

  it.each([
    [['--instruct', 'dogs=Count them.'], /--instruct takes LANE=VALUE/],
    [['--lanes', 'assist', '--instruct', 'sounds=Count them.'], /instruction for sounds/],
    [['--lanes', 'translate'], /wants to be told the language/],
    [['--instruct', 'sounds=One.', '--instruct-spoken', `sounds=${recording}`], /two instructions/],
    [['--instruct-spoken', `sounds=${join(home, 'nothing.wav')}`], /cannot be read/],
    [['--instruct-spoken', `sounds=${join(checkpoint, 'tokenizer.json')}`], /no 16 kHz mono WAV/],
  ])('are refused in one line: %s', async (options, message) => {
    const done = await convert(...options);
    expect(done.exitCode).toBe(2);
    expect(done.err).toMatch(message);
    expect(done.err.trim().split('\n')).toHaveLength(1);
    expect(existsSync(out)).toBe(false);
  });
});

describe('--max-memory', () => {
  it('takes int8 where a session fits, else int4, else says what each needs', async () => {
    const plan = async (...more: string[]) => {
      const { out: text } = await convert('--dry-run', '--json', ...more);
      return JSON.parse(text) as { precision: string; sessionMemoryBytes: number };
    };
    const fine = await plan('--precision', 'int8');
    const coarse = await plan('--precision', 'int4');
    const megabytes = (bytes: number) => String(Math.ceil(bytes / 1e6));
    expect((await plan('--max-memory', megabytes(fine.sessionMemoryBytes))).precision).toBe('int8');
    expect(coarse.sessionMemoryBytes).toBeLessThan(fine.sessionMemoryBytes);
    const refused = await convert('--max-memory', '100');
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toMatch(/No precision fits into 100 MB: int8 needs \d+, int4 needs \d+\./);
    expect((await convert('--max-memory', '4000', '--precision', 'int4')).exitCode).toBe(2);
    await convert('--max-memory', '4000');
    expect(manifest().precision).toBe('int8');
  });
});

it('reads the tower’s weights under the name of earlier publications', async () => {
  const [now, before] = ['audiointeraction', 'MiniOmni3'].map((name) =>
    join(checkpoint, `${name}_ChunkwisedEncoder.pth`),
  ) as [string, string];
  renameSync(now, before);
  try {
    expect(await convert()).toMatchObject({ exitCode: 0 });
  } finally {
    renameSync(before, now);
  }
});
