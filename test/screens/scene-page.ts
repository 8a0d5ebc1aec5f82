import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Scene } from '../../apps/renderer/scenes/scene.ts';

export interface Look {
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

export interface OpenScene {
  readonly page: Page;
  /** Errors of the page and violations of its content security policy. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens a scene as a person would see it, and waits until everything is in its place. */
export async function openScene(
  browser: Browser,
  address: string,
  name: string,
  scene: Scene,
  look: Look,
): Promise<OpenScene> {
  const context = await newContext(browser, scene, look);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const file = scene.page === 'captions' ? 'captions.html' : 'index.html';
  await page.goto(`${address}/${file}?scene=${name}`);
  await page.waitForSelector('html[data-scene="ready"]', { state: 'attached' });
  await page.evaluate('document.fonts.ready.then(() => true)');
  for (const { label, text } of scene.fills ?? []) await page.getByLabel(label, { exact: true }).fill(text);
  for (const { role, name: label } of scene.clicks ?? []) {
    await page.getByRole(role, { name: label, exact: true }).last().click({ force: true });
  }
  if (scene.rightClick !== undefined) await page.click(scene.rightClick, { button: 'right' });
  if (scene.hover !== undefined) await page.hover(scene.hover);
  await page.waitForTimeout(120);
  return { page, complaints, close: () => context.close() };
}

function newContext(browser: Browser, scene: Scene, { theme, width, height }: Look): Promise<BrowserContext> {
  return browser.newContext({
    viewport: scene.page === 'captions' ? { width: Math.min(width, 900), height: 150 } : { width, height },
    colorScheme: theme,
    locale: scene.locale ?? 'en-GB',
    timezoneId: 'UTC',
    // Pictures must not catch a movement half-way.
    reducedMotion: 'reduce',
  });
}
