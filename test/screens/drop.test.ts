/** Recordings that are dragged onto the window of `earshot serve`: progress, cancel, what cannot be read. */
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsSchema } from '#protocol';
import { saveSettings } from '#session';
import { prepareDesktop } from '../electron/prepare.ts';
import { SENTENCE } from '../electron/spoken.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { ServerProcess, makeDataFolder, type DataFolder } from '../server/server-process.ts';

const executable = findChromium();
if (!executable) process.stdout.write('Dropping recordings is not tested: there is no Chromium.\n');

/** Lets go of files over the page, as the hand does. */
async function drop(page: Page, files: readonly { name: string; bytes: Buffer }[]): Promise<void> {
  const data = files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') }));
  await page.evaluate((dropped) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of dropped) {
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
    }
    for (const type of ['dragover', 'drop']) {
      const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new DragEvent(type, init));
    }
  }, data);
}

describe.skipIf(!executable)('recordings dropped onto the window', { timeout: 120_000 }, () => {
  let data: DataFolder;
  let browser: Browser;
  beforeAll(async () => {
    await prepareDesktop();
    data = { ...(await makeDataFolder()), rendererPath: resolve('out', 'renderer') };
    await saveSettings(join(data.path, 'settings.json'), settingsSchema.parse({ welcomed: true }));
    browser = await launchChromium(executable ?? '');
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await data.remove();
  });

  it.each([
    ['wide', 1280],
    ['narrow', 420],
  ])('are read one after the other, can be cancelled, and say what is wrong: %s', async (_size, width) => {
    const server = await ServerProcess.start(data);
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width, height: 800 } });
    const page = await context.newPage();
    await page.goto(String(server.address('token')));
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).waitFor();

    const file = (path: string) => ({ name: basename(path), bytes: readFileSync(path) });
    await drop(page, [
      file('resources/demo/rainy-evening.flac'),
      file('test/fixtures/audio/disposed.flac'),
      { name: 'broken.wav', bytes: Buffer.from('RIFF but nothing else') },
    ]);
    const imports = page.getByRole('list', { name: 'Recordings being read' });
    const entry = (name: string) => imports.getByRole('listitem').filter({ hasText: name });
    const long = entry('rainy-evening.flac');
    await long.getByRole('progressbar').waitFor();
    await long.getByRole('button', { name: /rainy-evening/ }).click();
    await long.getByText('Cancelled').waitFor();

    await entry('broken.wav').waitFor();
    await expect
      .poll(() => entry('broken.wav').locator('p').textContent(), { timeout: 30_000 })
      .toMatch(/cannot be read|not a recording|WAV/i);

    const short = entry('disposed.flac');
    await short.getByRole('button', { name: 'Open the session' }).click({ timeout: 60_000 });
    await page.getByText(SENTENCE).first().waitFor();
    await context.close();
    expect(await server.end()).toBe(0);
  });
});
