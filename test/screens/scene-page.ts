import type { Browser, Page } from 'playwright-core';
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

/** Opens a scene in a browser of its own, and waits until everything is in its place. */
export async function openScene(
  browser: Browser,
  address: string,
  name: string,
  scene: Scene,
  look: Look,
): Promise<OpenScene> {
  const pages = new ScenePages(browser, address);
  const opened = await pages.open(name, scene, look);
  return { ...opened, close: () => pages.close() };
}

/** A page and what it has complained of since it was last pointed at a scene. */
interface HeldPage {
  readonly page: Page;
  complaints: string[];
}

/**
 * Pages that go from scene to scene, one for each look and language: a scene is loaded anew each time, but into a
 * process that runs already and has the program's code compiled, which takes a third of the time.
 */
export class ScenePages {
  readonly #browser: Browser;
  readonly #address: string;
  readonly #held = new Map<string, Promise<HeldPage>>();

  constructor(browser: Browser, address: string) {
    this.#browser = browser;
    this.#address = address;
  }

  /** Opens a scene as a person would see it; whatever this look showed before is gone. Closing it closes nothing. */
  async open(name: string, scene: Scene, look: Look): Promise<OpenScene> {
    const held = await this.#pageFor(scene, look);
    const { page } = held;
    const complaints: string[] = [];
    held.complaints = complaints;
    const { width, height } = look;
    const captions = scene.page === 'captions';
    await page.setViewportSize(captions ? { width: Math.min(width, 900), height: 150 } : { width, height });
    // Nothing that the pointer rested on before is under it now.
    await page.mouse.move(0, 0);
    await page.goto(`${this.#address}/${captions ? 'captions.html' : 'index.html'}?scene=${name}`);
    await page.waitForSelector('html[data-scene="ready"]', { state: 'attached' });
    await page.evaluate('document.fonts.ready.then(() => true)');
    for (const { label, text } of scene.fills ?? []) await page.getByLabel(label, { exact: true }).fill(text);
    for (const { role, name: label } of scene.clicks ?? []) {
      await page.getByRole(role, { name: label, exact: true }).last().click({ force: true });
    }
    if (scene.rightClick !== undefined) await page.click(scene.rightClick, { button: 'right' });
    if (scene.hover !== undefined) await page.hover(scene.hover);
    await page.waitForTimeout(120);
    return { page, complaints, close: () => Promise.resolve() };
  }

  async close(): Promise<void> {
    const held = await Promise.all(this.#held.values());
    await Promise.all(held.map(({ page }) => page.context().close()));
  }

  #pageFor({ locale = 'en-GB' }: Scene, look: Look): Promise<HeldPage> {
    const key = `${locale} ${look.theme} ${look.width}x${look.height}`;
    const held = this.#held.get(key) ?? this.#start(locale, look);
    this.#held.set(key, held);
    return held;
  }

  async #start(locale: string, { theme, width, height }: Look): Promise<HeldPage> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      locale,
      timezoneId: 'UTC',
      // Pictures must not catch a movement half-way.
      reducedMotion: 'reduce',
    });
    const held: HeldPage = { page: await context.newPage(), complaints: [] };
    held.page.on('pageerror', (error) => held.complaints.push(String(error)));
    held.page.on('console', (message) => {
      if (message.type() === 'error') held.complaints.push(message.text());
    });
    return held;
  }
}
