/** From nothing to reading one's own words: an empty data folder, three steps, a real microphone and the real models. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDesktop } from '../electron/prepare.ts';
import { SENTENCE } from '../electron/spoken.ts';
import { findChromium, launchChromium } from '../screens/chromium.ts';
import { microphoneArguments } from './microphone-file.ts';
import { ServerProcess, endServers } from './server-process.ts';

const executable = findChromium();
if (!executable) process.stdout.write('The first launch is not tested: there is no Chromium.\n');

describe.skipIf(!executable)('the first launch', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-first-'));
  const path = join(folder, 'data');
  let browser: Browser;

  beforeAll(async () => {
    await prepareDesktop();
    browser = await launchChromium(executable ?? '', await microphoneArguments(folder));
  }, 120_000);
  afterAll(async () => {
    endServers();
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends, three steps later, in hearing oneself transcribed and translated', async () => {
    const data = { path, rendererPath: resolve('out', 'renderer'), remove: () => Promise.resolve() };
    expect(existsSync(path)).toBe(false);
    const server = await ServerProcess.start(data);
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(String(server.address('token')));

    await page.getByText('Step 1 of 3').waitFor();
    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    await page.getByText('Step 2 of 3').waitFor();
    await expect.poll(() => next.isDisabled(), { timeout: 30_000 }).toBe(true);
    // Each package that is missing has its button; it goes when the package is there.
    const install = page.getByRole('button', { name: /^Install/ });
    for (let left = await install.count(); left > 0; left = await install.count()) {
      await install.first().click();
      await expect.poll(() => install.count(), { timeout: 30_000 }).toBeLessThan(left);
    }
    await expect.poll(() => next.isEnabled(), { timeout: 120_000 }).toBe(true);
    await next.click();
    await page.getByText('Step 3 of 3').waitFor();
    await page.getByRole('button', { name: 'Listen' }).click();
    await page.locator('.line-words', { hasText: SENTENCE }).first().waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Done' }).click();

    // Nobody chose a language or fetched a translator: the second pane is there.
    const line = page.locator('.line', { hasText: SENTENCE }).first();
    const translation = line.locator('.line-translation[lang="es"]');
    // It begins before the sentence ends.
    await expect
      .poll(() => translation.textContent({ timeout: 30_000 }), { timeout: 30_000 })
      .toMatch(/hombre|joven/);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Not listening', { exact: true }).waitFor();

    // The steps are taken once.
    await page.reload();
    await page.locator('.sessions').getByRole('button').first().waitFor();
    expect(await page.getByText(/Step \d of 3/).count()).toBe(0);
    expect(complaints).toEqual([]);
    expect(await server.end()).toBe(0);
  });
});
