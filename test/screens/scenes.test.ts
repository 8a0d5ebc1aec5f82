import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENES } from '../../apps/renderer/scenes/all-scenes.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { ScenePages, type Look } from './scene-page.ts';
import { buildScenes, serveFolder, type StaticServer } from './scene-server.ts';

const repository = join(import.meta.dirname, '..', '..');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const executable = findChromium();
const WIDE: Look = { theme: 'light', width: 1280, height: 800 };
const NARROW: Look = { theme: 'dark', width: 420, height: 760 };

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

if (executable === undefined) {
  process.stderr.write(
    'Scenes are not looked at: Chromium was not found. Install it, or name it in CHROMIUM_PATH.\n',
  );
}

describe.skipIf(executable === undefined)('every scene', () => {
  let browser: Browser;
  let server: StaticServer;
  let pages: ScenePages;
  beforeAll(async () => {
    server = await serveFolder(await buildScenes(repository));
    browser = await launchChromium(executable ?? '');
    pages = new ScenePages(browser, server.address);
  });
  afterAll(async () => {
    await pages.close();
    await browser.close();
    await server.close();
  });

  it.each(Object.keys(SCENES))(
    '%s has no violation of accessibility and of the content policy',
    async (name) => {
      const looked = [WIDE, NARROW].map(async (look) => {
        const opened = await pages.open(name, SCENES[name] ?? {}, look);
        return [...(await violations(opened.page)), ...opened.complaints];
      });
      expect((await Promise.all(looked)).flat()).toEqual([]);
    },
  );
});

async function violations(page: Page): Promise<string[]> {
  // Through the debugger: the policy of the page refuses a script element of ours.
  await page.evaluate(axeSource);
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)",
  )) as Violation[];
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}
