/** `earshot serve` as a person uses it: real Chromium, its microphone, the built window, the real engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ, settingsSchema } from '#protocol';
import { saveSettings } from '#session';
import { referenceSamples } from '../../apps/audio/test-support.ts';
import { prepareDesktop } from '../electron/prepare.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import { findChromium, launchChromium } from '../screens/chromium.ts';
import { ServerProcess, makeDataFolder, type DataFolder } from './server-process.ts';

const executable = findChromium();
if (!executable)
  process.stdout.write('The window over `earshot serve` is not tested: there is no Chromium.\n');

const SENTENCE = /not an ill.{0,12} young man/i;

/** The recording with a second of silence on both sides as a WAV file, which Chromium plays in a circle. */
function microphoneFile(folder: string, samples: Float32Array): string {
  const played = new Float32Array(samples.length + 2 * SAMPLE_RATE_HZ);
  played.set(samples, SAMPLE_RATE_HZ);
  const path = join(folder, 'microphone.wav');
  writeFileSync(path, encodeWav(played));
  return path;
}

describe.skipIf(!executable)('the window over earshot serve', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-browser-'));
  let data: DataFolder;
  let browser: Browser;

  beforeAll(async () => {
    await prepareDesktop();
    const made = await makeDataFolder();
    data = { ...made, rendererPath: resolve('out', 'renderer') };
    await saveSettings(join(data.path, 'settings.json'), settingsSchema.parse({ welcomed: true }));
    browser = await launchChromium(executable ?? '', [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphoneFile(folder, await referenceSamples())}`,
    ]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await data.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(address: URL): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({
      locale: 'en-GB',
      permissions: ['microphone'],
      acceptDownloads: true,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(String(address));
    return { page, complaints };
  }

  it('hears through the page, settles, is watched, finds, exports, and still has it after a restart', async () => {
    const server = await ServerProcess.start(data);
    const { page, complaints } = await open(server.address('token'));
    const watcher = await open(server.address('watch'));
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).click();

    // Tentative words first, then the settled sentence; the second browser sees the same.
    await page
      .getByText(/not an/i)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.getByText(SENTENCE).first().waitFor({ timeout: 60_000 });
    await watcher.page.getByText(SENTENCE).first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Not listening').first().waitFor();

    await page.locator('#search-field').fill('young man');
    const hit = page.locator('.hit').first();
    await hit.waitFor();
    expect(await hit.textContent()).toMatch(SENTENCE);
    await hit.click();
    await page.getByText(SENTENCE).first().waitFor();

    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const download = page.waitForEvent('download');
    await dialog.getByText('SubRip').click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    expect(await readFile(await (await download).path(), 'utf8')).toMatch(SENTENCE);
    expect([...complaints, ...watcher.complaints]).toEqual([]);
    expect(await server.end()).toBe(0);

    const again = await ServerProcess.start(data);
    const later = await open(again.address('token'));
    await later.page.locator('.sessions').getByRole('button').first().click();
    await later.page.getByText(SENTENCE).first().waitFor();
    expect(later.complaints).toEqual([]);
    await again.end();
  });
});
