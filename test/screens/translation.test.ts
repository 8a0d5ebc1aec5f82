/** The second pane at first launch: nobody has set anything, and what is said is there in another language. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsSchema } from '#protocol';
import { prepareDesktop } from '../electron/prepare.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { ServerProcess, makeDataFolder, type DataFolder } from '../server/server-process.ts';

const executable = findChromium();
if (!executable) process.stdout.write('Translation in the window is not tested: there is no Chromium.\n');

const SPEECH = join('test', 'fixtures', 'audio', 'disposed.flac');

async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  await page.evaluate(
    ({ fileName, base64 }) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([content], fileName));
      for (const type of ['dragover', 'drop']) {
        document.body.dispatchEvent(
          new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
        );
      }
    },
    { fileName: name, base64: bytes.toString('base64') },
  );
}

describe.skipIf(!executable)('the window at first launch', { timeout: 120_000 }, () => {
  let data: DataFolder;
  beforeAll(async () => {
    await prepareDesktop();
    data = { ...(await makeDataFolder()), rendererPath: resolve('out', 'renderer') };
    writeFileSync(join(data.path, 'settings.json'), JSON.stringify({ welcomed: true }));
    expect(settingsSchema.parse({}).lanes).toBeUndefined();
  }, 120_000);
  afterAll(() => data.remove());

  it('shows each line in Spanish, without a choice or a download', async () => {
    const server = await ServerProcess.start(data);
    const browser = await launchChromium(executable ?? '');
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    await page.goto(String(server.address('token')));
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).waitFor();
    await drop(page, 'disposed.flac', readFileSync(SPEECH));
    const imports = page.getByRole('list', { name: 'Recordings being read' });
    await imports.getByRole('button', { name: 'Open the session' }).click({ timeout: 90_000 });
    const translation = page.locator('.line-translation[lang="es"]').first();
    await translation.waitFor();
    expect(await translation.textContent()).toMatch(/hombre|joven/);
    await browser.close();
    expect(await server.end()).toBe(0);
  });
});
