/** What computes the unified model: measured once, remembered, told by the doctor. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerTableSchema } from '#protocol';
import { DEMO, RunningEarshot } from '../cli/earshot.ts';
import { convertSmall } from './converted.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'earshot-providers-'));
const memory = join(dataDir, 'providers.json');
let converted: { folder: string; dispose(): void };

beforeAll(async () => {
  converted = await convertSmall('barks', 'int4');
});
afterAll(() => {
  converted.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

async function listen(...more: string[]): Promise<number | null> {
  const args = [
    'listen',
    DEMO,
    '--engine',
    'audio-interaction',
    '--model',
    converted.folder,
    '--no-keep',
    '--json',
  ];
  return (await new RunningEarshot([...args, ...more], { dataDir }).done).exitCode;
}

describe('the provider', () => {
  it('is not measured where it was chosen', async () => {
    expect(await listen('--provider', 'cpu')).toBe(0);
    expect(existsSync(memory)).toBe(false);
  });

  it('is measured at the first session and remembered in the next', async () => {
    expect(await listen()).toBe(0);
    const { table } = JSON.parse(readFileSync(memory, 'utf8')) as { table: unknown };
    const cpu = providerTableSchema.parse(table).find(({ provider }) => provider === 'cpu');
    expect(cpu?.probe).toMatchObject({ ok: true });
    const { mtimeMs } = statSync(memory);
    expect(await listen()).toBe(0);
    expect(statSync(memory).mtimeMs).toBe(mtimeMs);
  });

  it('is measured again when a graphics driver comes', async () => {
    const before = readFileSync(memory, 'utf8');
    const env = { VK_DRIVER_FILES: join(dataDir, 'new-driver.json') };
    const args = ['listen', DEMO, '--engine', 'audio-interaction', '--model', converted.folder, '--no-keep'];
    expect((await new RunningEarshot(args, { dataDir, env }).done).exitCode).toBe(0);
    expect(readFileSync(memory, 'utf8')).not.toBe(before);
  });

  it('is measured again when what was remembered is of another package', async () => {
    writeFileSync(memory, JSON.stringify({ key: 'other', table: [] }));
    expect(await listen()).toBe(0);
    expect(readFileSync(memory, 'utf8')).not.toContain('"other"');
  });

  it('is told by the doctor with the time of one chunk, or with the reason', async () => {
    const { out } = await new RunningEarshot(['doctor', '--json', '--model', converted.folder], { dataDir })
      .done;
    const findings = JSON.parse(out) as { check: string; state: string; detail: string }[];
    const find = (check: string) => findings.find((finding) => finding.check === check);
    expect(find('unified')).toMatchObject({ state: 'ok' });
    expect(find('unified-cpu')?.detail).toMatch(/^one chunk of 400 ms in \d+(\.\d)? ms/);
    for (const { check, detail } of findings.filter(({ check }) => check.startsWith('unified-')))
      expect(detail, check).toMatch(/one chunk of|cannot be used: .|not in the installed runtime/);
    expect(findings.filter(({ detail }) => detail.endsWith(', chosen'))).toHaveLength(1);
  });
});
