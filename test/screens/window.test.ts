import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DoorPush } from '#protocol';
import { SCENES } from '../../apps/renderer/scenes/all-scenes.ts';
import { line, reply, said, sound } from '../../apps/renderer/scenes/builders.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { openScene, type OpenScene } from './scene-page.ts';
import { buildScenes, buildWindows, serveFolder, type StaticServer } from './scene-server.ts';

const repository = join(import.meta.dirname, '..', '..');
const executable = findChromium();

describe.skipIf(executable === undefined)('the window', () => {
  let browser: Browser;
  let server: StaticServer;
  let opened: OpenScene | undefined;
  beforeAll(async () => {
    server = await serveFolder(await buildScenes(repository));
    browser = await launchChromium(executable ?? '');
  });
  afterEach(async () => {
    expect(opened?.complaints ?? []).toEqual([]);
    await opened?.close();
    opened = undefined;
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const open = async (name: string): Promise<Page> => {
    const look = { theme: 'light', width: 1280, height: 800 } as const;
    opened = await openScene(browser, server.address, name, SCENES[name] ?? {}, look);
    return opened.page;
  };
  const say = (page: Page, pushes: readonly DoorPush[]) =>
    page.evaluate((list) => list.forEach((push) => window.earshotScene?.say(push)), pushes);

  it('does by keys what people expect of them', async () => {
    const page = await open('speaking');
    await page.keyboard.press('Control+f');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('search-field');
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('feed').waitFor();
    await page.locator('body').press('Control+e');
    await page.getByRole('dialog', { name: 'Export the session' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('Space');
    await page.getByText('Not listening').waitFor();
  });

  it('stars, edits and notes a line by keys alone', async () => {
    const page = await open('speaking');
    const row = page.locator('[data-index="1"]');
    await row.focus();
    await page.keyboard.press('s');
    await row.getByText('Starred').waitFor({ state: 'attached' });
    await page.keyboard.press('e');
    await page.getByRole('textbox', { name: 'Words of this line' }).fill('They moved it to five.');
    await page.keyboard.press('Enter');
    await row.getByText('They moved it to five.').waitFor();
    await row.focus();
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Note on this line' }).fill('Tell Ana.');
    await page.keyboard.press('Enter');
    await row.getByText('Tell Ana.').waitFor();
    await row.focus();
    await page.keyboard.press('ArrowUp');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-index')))
      .toBe('0');
  });

  it('keeps a line where it is when it settles', async () => {
    const page = await open('speaking');
    const row = page.locator('.moment').last();
    const before = await row.boundingBox();
    await say(
      page,
      said([
        line(
          8,
          57.1,
          66.8,
          'I was thinking that on Saturday we could drive out to the lake, if the weather is going to hold',
        ),
      ]),
    );
    await page.locator('.tentative').waitFor({ state: 'detached' });
    expect(await row.boundingBox()).toEqual(before);
  });

  it('reads every final line to a screen reader once, and no partial', async () => {
    const page = await open('nothing-heard-yet');
    const partial = (text: string, final: boolean) => said([line(1, 2, 4, text, { final })]);
    await say(page, [...partial('the kettle', false), ...partial('The kettle is', false)]);
    await say(page, [...partial('The kettle is on.', true), ...partial('The kettle is on.', true)]);
    await say(page, said([sound(1, 5, 6, 'doorbell'), reply(1, 7, 'Somebody is at the door.')]));
    const log = page.getByRole('log');
    await expect
      .poll(() => log.locator('p').allTextContents())
      .toEqual(['The kettle is on.', 'Doorbell', 'Somebody is at the door.']);
  });

  it('yields to the reader who scrolls, and comes back to now', async () => {
    const page = await open('three-hours');
    const place = () =>
      page.evaluate(() => {
        const stream = document.querySelector('.stream');
        return stream ? Math.round(stream.scrollHeight - stream.scrollTop - stream.clientHeight) : -1;
      });
    expect(await place()).toBeLessThanOrEqual(1);
    expect(await page.locator('.moment').count()).toBeLessThan(80);
    await page.mouse.move(700, 400);
    await page.mouse.wheel(0, -3000);
    const button = page.getByRole('button', { name: 'Back to now' });
    await button.waitFor();
    const top = await page.evaluate(() => document.querySelector('.stream')?.scrollTop);
    await say(page, said([line(900_001, 10_900, 10_902, 'Something new.')]));
    await page.waitForTimeout(100);
    expect(await page.evaluate(() => document.querySelector('.stream')?.scrollTop)).toBe(top);
    await button.click();
    await page.getByText('Something new.').first().waitFor();
    await expect.poll(place).toBeLessThanOrEqual(1);
  });

  it('shows hostile words as words', async () => {
    const page = await open('hostile-text');
    const found = await page.evaluate(() => ({
      title: document.title,
      elements: document.querySelectorAll(
        '.stream img, .stream script, .stream iframe, .stream h1, .stream b',
      ).length,
      text: document.querySelector('.line-words')?.textContent,
    }));
    expect(found.title).toBe('Earshot');
    expect(found.elements).toBe(0);
    expect(found.text).toContain('<img src=x onerror=');
  });

  it('renames a session and takes a removal back', async () => {
    const page = await open('session');
    await page.getByRole('button', { name: 'More for this session' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name of the session' }).fill('Morning radio');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Morning radio' }).waitFor();
    await page.getByRole('button', { name: 'More for this session' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('“Morning radio” is deleted').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: /Breakfast radio/ }).waitFor();
  });

  it('deletes everything only after the word is typed', async () => {
    const page = await open('settings-delete');
    const action = page.getByRole('alertdialog').getByRole('button', { name: 'Delete everything' });
    expect(await action.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Type “delete” to go on' }).fill('Delete');
    await expect.poll(() => action.isDisabled()).toBe(false);
  });

  it('uses a language model outside this machine only after its host is typed again, and says so then', async () => {
    const page = await open('settings-llm-remote');
    const use = page.getByRole('button', { name: 'Use it all the same' });
    expect(await use.isDisabled()).toBe(true);
    await page.getByLabel('Type “studio.lan:11434” to go on').fill('studio.lan');
    expect(await use.isDisabled()).toBe(true);
    await page.getByLabel('Type “studio.lan:11434” to go on').fill('studio.lan:11434');
    await page.keyboard.press('Enter');
    await page.getByText('Questions leave this machine and go to studio.lan:11434').waitFor();
    await page.getByRole('tab', { name: 'Privacy' }).click();
    await page.getByText(/Questions to the language model go to studio\.lan:11434/).waitFor();
    await page.getByRole('tab', { name: 'Assistant' }).click();
    await page.getByRole('button', { name: 'Stop using it' }).click();
    await page.getByText('None chosen').waitFor();
  });

  it('names a decision and goes to its moment from the pulse by keys', async () => {
    const page = await open('speaking');
    const pulse = page.getByRole('slider', { name: 'Decisions of the last minute' });
    await pulse.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await pulse.getAttribute('aria-valuetext')).toMatch(
      /^12:0\d:\d\d Transcribe: (responds|stays silent)/,
    );
    await page.keyboard.press('Enter');
    await page.locator('.moment[data-target="true"]').waitFor();
  });

  it('leaves scenes out of the product, and keeps every script and style a file', async () => {
    const folder = await buildWindows(repository);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(js|html|css)$/.test(name),
    );
    for (const name of files) {
      const content = readFileSync(join(folder, name), 'utf8');
      expect([name, content.includes('The script has no answer')]).toEqual([name, false]);
      if (name.endsWith('.html')) expect(content).not.toMatch(/<style|<script(?![^>]*src=)| style=/);
    }
    expect(files.some((name) => name.includes('capture-worklet'))).toBe(true);
  });
});
