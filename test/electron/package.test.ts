/** The packed application, looked at and run: everything it needs is in the package, and nothing else is. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoNaudiodon } from '../capture/pulse.ts';
import {
  ask,
  collectPushes,
  openTestDataFolder,
  prepareDesktop,
  untilPush,
  type TestDataFolder,
} from './prepare.ts';
import { DesktopUnderTest, whyNoDesktop } from './stand-in/launch.ts';

interface PackageCheck {
  checkPackage(): Promise<string[]>;
  extractPackage(folder: string): void;
}

const missing = process.platform === 'linux' ? undefined : 'it packs for Linux';
if (missing) process.stdout.write(`Packaging is not tested: ${missing}.\n`);

describe.skipIf(missing)('the package', { timeout: 60_000 }, () => {
  let check: PackageCheck;
  let problems: string[];
  let data: TestDataFolder;
  /** Outside of the clone, whose packages would be found from inside. */
  let folder: string;

  beforeAll(async () => {
    await prepareDesktop();
    check = (await import('../../build/package-check.mjs')) as PackageCheck;
    problems = await check.checkPackage();
    data = await openTestDataFolder({ models: true });
    folder = await mkdtemp(join(tmpdir(), 'earshot-packed-'));
  });
  afterAll(async () => {
    await data?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('is complete and holds nothing else', () => {
    // A machine that cannot build naudiodon packs without it; pvrecorder hears the microphone then.
    const packed = whyNoNaudiodon() ? problems.filter((text) => !text.includes('naudiodon')) : problems;
    expect(packed).toEqual([]);
  });

  it.skipIf(whyNoDesktop())('opens, and reads a recording with what is in it', async () => {
    check.extractPackage(folder);
    const desktop = DesktopUnderTest.launch({ dataDir: data.path, appFolder: folder });
    try {
      const page = await desktop.page();
      await collectPushes(page);
      await ask(page, 'imports.open', { path: join(import.meta.dirname, '../fixtures/audio/disposed.flac') });
      await untilPush(page, (push) => push.kind === 'import' && push.import.state === 'done', 40_000);
      expect(await ask(page, 'sessions.search', { text: 'young man', limit: 1 })).toHaveLength(1);
      expect(await desktop.quit()).toBe(0);
      expect(desktop.stderr).toBe('');
    } finally {
      await desktop.kill();
    }
  });
});
