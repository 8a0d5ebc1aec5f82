/** What is read can be taken along, and be as large as the reader needs it. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { settingsSchema, type DoorPush } from '#protocol';
import { SCENES } from '../../apps/renderer/scenes/all-scenes.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { ScenePages, type Look } from './scene-page.ts';
import { buildScenes, serveFolder, type StaticServer } from './scene-server.ts';

const executable = findChromium();
const WIDE: Look = { theme: 'light', width: 1280, height: 800 };
const NARROW: Look = { theme: 'dark', width: 420, height: 760 };
const LARGEST = 300;

describe.skipIf(executable === undefined)('what is read', () => {
  let browser: Browser;
  let server: StaticServer;
  let pages: ScenePages;
  const complaints: string[][] = [];
  beforeAll(async () => {
    server = await serveFolder(await buildScenes(join(import.meta.dirname, '..', '..')));
    browser = await launchChromium(executable ?? '');
    pages = new ScenePages(browser, server.address);
  });
  afterEach(() => {
    expect(complaints.splice(0).flat()).toEqual([]);
  });
  afterAll(async () => {
    await pages.close();
    await browser.close();
    await server.close();
  });

  const open = async (name: string, look: Look): Promise<Page> => {
    const opened = await pages.open(name, SCENES[name] ?? {}, look);
    complaints.push([...opened.complaints]);
    await opened.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    return opened.page;
  };
  const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

  it('is copied line by line, by key and by menu, and as it was edited', async () => {
    const page = await open('speaking', WIDE);
    const row = page.locator('[data-index="1"]');
    const words = String(await row.locator('.line-words').textContent());
    await row.focus();
    await page.keyboard.press('c');
    await expect.poll(() => copied(page)).toBe(words);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Control+c');
    await expect.poll(() => copied(page)).toBe('Did you hear back from the school about Thursday?');
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy with time' }).click();
    await expect.poll(() => copied(page)).toMatch(new RegExp(`^12:04:\\d\\d  ${words}$`));
    await row.focus();
    await page.keyboard.press('e');
    await page.getByRole('textbox', { name: 'Words of this line' }).fill('They moved it to five.');
    await page.keyboard.press('Enter');
    await row.getByText('They moved it to five.').waitFor();
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Copy C$/ }).click();
    await expect.poll(() => copied(page)).toBe('They moved it to five.');
  });

  it('is copied as far as it is selected, over several lines, without the times beside them', async () => {
    const page = await open('speaking', WIDE);
    const place = async (index: number, side: 'start' | 'end') => {
      const box = await page.locator(`[data-index="${index}"] .line-words`).boundingBox();
      if (!box) throw new Error(`line ${index} is not there`);
      return side === 'start'
        ? ([box.x + 1, box.y + 8] as const)
        : ([box.x + box.width - 2, box.y + box.height - 8] as const);
    };
    await page.mouse.move(...(await place(0, 'start')));
    await page.mouse.down();
    await page.mouse.move(...(await place(1, 'end')), { steps: 5 });
    await page.mouse.up();
    await page.keyboard.press('Control+c');
    await expect
      .poll(async () => (await copied(page)).split(/\s*\n\s*/))
      .toEqual([
        'Did you hear back from the school about Thursday?',
        'They moved it to half past four, so we can take the later bus and still be there in time.',
      ]);
  });

  it('grows with the setting, which is moved by keys', async () => {
    const page = await open('settings-appearance', WIDE);
    const size = (selector: string) =>
      page.evaluate((wanted) => {
        const element = document.querySelector(wanted);
        return element ? parseFloat(getComputedStyle(element).fontSize) : 0;
      }, selector);
    const before = await size('.appearance-sample');
    const slider = page.getByRole('slider', { name: 'Text size' });
    await slider.press('End');
    await expect.poll(() => size('.appearance-sample')).toBeCloseTo(before * 3, 3);
    await slider.press('Home');
    await expect.poll(() => size('.appearance-sample')).toBeCloseTo(before * 0.8, 3);
    await slider.press('End');
    await expect.poll(() => size('.appearance-sample')).toBeCloseTo(before * 3, 3);
    await page.keyboard.press('Escape');
    await page.getByRole('feed').waitFor();
    // The key's change comes back from the host, which may be after the page has turned.
    await expect.poll(() => size('.line-words')).toBeCloseTo(before * 3, 3);
  });

  it.each([
    'speaking',
    'two-languages',
    'meeting',
    'sound-flood',
    'reply-speaking',
    'source-lost',
    'muted',
    'idle',
    'session',
    'search-many',
    'first-run',
    'first-run-heard',
    'export',
    'ask-answered',
    'keys',
    'importing',
    'settings-listening',
    'settings-translation',
    'settings-sounds',
    'settings-models-installing',
    'settings-privacy',
    'settings-appearance',
  ])('is cut off nowhere at the largest size: %s', async (name) => {
    const settings = settingsSchema.parse({ welcomed: true, appearance: { textScalePercent: LARGEST } });
    const push: DoorPush = { kind: 'settings', settings };
    const looked = [WIDE, NARROW].map(async (look) => {
      const page = await open(name, look);
      await page.evaluate((said) => window.earshotScene?.say(said), push);
      await page.waitForTimeout(150);
      return cutOff(page);
    });
    expect((await Promise.all(looked)).flat()).toEqual([]);
  });
});

/**
 * Text of which a part can be neither seen nor scrolled to: beyond an edge that cuts it, or beyond the window's. What is
 * shortened on purpose, with an ellipsis, is left to the eye.
 */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const SLACK = 2;
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (
        !parent ||
        text === '' ||
        !parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      )
        continue;
      const own = parent.getBoundingClientRect();
      if (own.width <= 2 && own.height <= 2) continue;
      if (parent.closest('.unseen, [inert], [aria-hidden="true"]')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      let [x, y] = [true, true];
      for (let box: HTMLElement | null = parent; box; box = box.parentElement) {
        const { overflowX, overflowY, textOverflow, position } = getComputedStyle(box);
        if (textOverflow === 'ellipsis') x = false;
        // Beyond a scrolling box nothing is lost.
        if (/auto|scroll/.test(overflowX)) x = false;
        if (/auto|scroll/.test(overflowY)) y = false;
        const edge = box.getBoundingClientRect();
        const cutX =
          x && /hidden|clip/.test(overflowX) && (left < edge.left - SLACK || right > edge.right + SLACK);
        const cutY =
          y && /hidden|clip/.test(overflowY) && (top < edge.top - SLACK || bottom > edge.bottom + SLACK);
        if (cutX || cutY) found.push(`${text.slice(0, 60)} is cut by ${box.className || box.tagName}`);
        if (cutX || cutY || position === 'fixed') break;
      }
      if (x && (left < -SLACK || right > innerWidth + SLACK))
        found.push(`${text.slice(0, 60)} leaves the window`);
    }
    return found;
  });
}
