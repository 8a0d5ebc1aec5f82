/** Everything that can be clicked can be reached by keys, and shows where the keys are. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENES } from '../../apps/renderer/scenes/all-scenes.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { ScenePages, type Look } from './scene-page.ts';
import { buildScenes, serveFolder, type StaticServer } from './scene-server.ts';

const executable = findChromium();
if (executable === undefined)
  process.stderr.write(
    'Keys are not tried: Chromium was not found. Install it, or name it in CHROMIUM_PATH.\n',
  );

const LOOKS: readonly Look[] = [
  { theme: 'light', width: 1280, height: 800 },
  { theme: 'dark', width: 420, height: 760 },
];
const PAGES = [
  'speaking',
  'session',
  'ask-answered',
  'meeting',
  'search-many',
  'first-run',
  'export-report',
  'muted',
  'importing',
  'playing-held',
  'settings-listening',
  'settings-translation',
  'settings-sounds',
  'settings-assistant',
  'settings-llm-remote',
  'settings-llm-chosen',
  'settings-voice',
  'settings-models-installing',
  'settings-privacy',
  'settings-captions',
] as const;

interface Reach {
  /** What can be clicked, cannot be reached by Tab, and stands in no group that is reached. */
  readonly unreached: readonly string[];
  /** What had the focus without showing it. */
  readonly unmarked: readonly string[];
}

/** Presses Tab until it comes round, and looks at what had the focus. */
async function tabThrough(page: Page): Promise<Reach> {
  const unmarked = new Set<string>();
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const here = document.activeElement;
      if (!(here instanceof HTMLElement) || here === document.body) return undefined;
      // A field for a time takes Tab for each of its parts.
      const again = here.hasAttribute('data-reached') && here.dataset['reached'] !== 'now';
      document.querySelector('[data-reached="now"]')?.setAttribute('data-reached', '');
      here.dataset['reached'] = 'now';
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(here);
      const marked = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
      return { again, marked, html: here.outerHTML.slice(0, 160) };
    });
    if (seen?.again) break;
    if (seen && !seen.marked) unmarked.add(seen.html);
  }
  const unreached = await page.evaluate(() => {
    const groups = '[role="tablist"], [role="radiogroup"], [role="menu"], .stream-rows';
    const scope = document.querySelector('[role="dialog"]') ?? document;
    return [...scope.querySelectorAll('button, a[href], input, textarea, [role="slider"], [role="switch"]')]
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        const off =
          element.matches(':disabled, [hidden], [aria-hidden="true"] *') || width === 0 || height === 0;
        if (off || element.hasAttribute('data-reached')) return false;
        const group = element.closest(groups);
        const entered = group?.hasAttribute('data-reached') ?? false;
        return !entered && !group?.querySelector('[data-reached]');
      })
      .map((element) => element.outerHTML.slice(0, 160));
  });
  return { unreached, unmarked: [...unmarked] };
}

// On a busy machine a page of many stops takes a second for every one of them.
describe.skipIf(executable === undefined)('by keys alone', { timeout: 180_000 }, () => {
  let browser: Browser;
  let server: StaticServer;
  let pages: ScenePages;
  beforeAll(async () => {
    server = await serveFolder(await buildScenes(join(import.meta.dirname, '..', '..')));
    browser = await launchChromium(executable ?? '');
    pages = new ScenePages(browser, server.address);
  });
  afterAll(async () => {
    await pages.close();
    await browser.close();
    await server.close();
  });

  it.each(PAGES)('everything of %s is reached, and shows that it is', async (name) => {
    const reached = LOOKS.map(async (look) => {
      const { page } = await pages.open(name, SCENES[name] ?? {}, look);
      return tabThrough(page);
    });
    expect(await Promise.all(reached)).toEqual(LOOKS.map(() => ({ unreached: [], unmarked: [] })));
  });
});
