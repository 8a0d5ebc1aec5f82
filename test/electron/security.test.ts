/** What a page may not do, tried from within a real page of the built application. */
import { TimelineStore } from '#session';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDataFolder, prepareDesktop, type TestDataFolder } from './prepare.ts';
import { DesktopUnderTest, whyNoDesktop } from './stand-in/launch.ts';

const missing = whyNoDesktop();
if (missing) process.stdout.write(`The desktop's security is not tested: ${missing}.\n`);

const HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script><b>bold</b> words';

describe.skipIf(missing)('a page of the desktop application', () => {
  let data: TestDataFolder;
  let desktop: DesktopUnderTest;
  let page: Page;

  beforeAll(async () => {
    await prepareDesktop();
    data = await openTestDataFolder({ welcomed: true });
    const timeline = TimelineStore.open(join(data.path, 'timeline.sqlite'));
    const { id } = timeline.createSession({
      title: HOSTILE,
      source: HOSTILE,
      live: false,
      engine: 'embedded',
      lanes: ['transcribe'],
      startedAtMs: Date.now(),
    });
    timeline.append(id, {
      type: 'transcript',
      id: 0,
      start: 0,
      end: 1,
      text: HOSTILE,
      final: true,
      language: 'en',
      latencyMs: 1,
    });
    timeline.endSession(id, { state: 'complete', endedAtMs: Date.now(), durationSeconds: 1 });
    timeline.close();
    desktop = DesktopUnderTest.launch({ dataDir: data.path });
    page = await desktop.page();
  });
  afterAll(async () => {
    await desktop?.kill();
    await data?.dispose();
  });

  const evaluate = <Result>(script: string): Promise<Result> => page.evaluate(script);

  it('has no Node, and of Electron only the bridge', async () => {
    const kinds = await evaluate<string[]>(
      '[typeof require, typeof process, typeof module, typeof Buffer, typeof global]',
    );
    expect(kinds).toEqual(Array(5).fill('undefined'));
    expect(await evaluate('Object.keys(window.earshot).sort()')).toEqual([
      'ask',
      'desktop',
      'onPush',
      'pathForFile',
      'sendAudio',
    ]);
    expect(await evaluate('Object.isFrozen(window.earshot)')).toBe(true);
  });

  it('asks for the sandbox in every window', async () => {
    await desktop.act({ kind: 'click-tray', item: 'toggle-captions' });
    await desktop.page('captions');
    for (const { webPreferences } of (await desktop.look()).windows) {
      expect(webPreferences).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        webSecurity: true,
      });
    }
    await desktop.act({ kind: 'click-tray', item: 'toggle-captions' });
  });

  it('does not leave its origin', async () => {
    const before = page.url();
    for (const address of ['https://example.invalid/', 'file:///etc/passwd', 'data:text/html,hello']) {
      await evaluate(`void (location.href = ${JSON.stringify(address)})`).catch(() => undefined);
      await page.waitForTimeout(150);
      expect(page.url()).toBe(before);
    }
    expect((await desktop.look()).windows[0]?.denied).toContain('https://example.invalid/');
  });

  it('opens no window', async () => {
    expect(await evaluate("window.open('https://example.invalid/popup')")).toBeNull();
    expect(await evaluate("window.open('/index.html')")).toBeNull();
    const view = await desktop.until(
      ({ windows }) => (windows[0]?.denied.filter((one) => one.startsWith('window.open')).length ?? 0) === 2,
    );
    expect(view.windows).toHaveLength(1);
    expect(view.windows[0]?.denied).toContain('window.open https://example.invalid/popup');
  });

  it('runs no script and shows no style that is written into it, and evaluates nothing', async () => {
    await evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.pwned = 3';
      document.body.append(script);
      const image = document.createElement('div');
      image.innerHTML = '<img src="x:y" onerror="window.pwned = 4">';
      document.body.append(image);
    }`);
    await page.waitForTimeout(200);
    expect(await evaluate('window.pwned')).toBeUndefined();
    // Asked by the page itself: the test's own evaluations stand above the policy.
    const refused = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const target = globalThis as unknown as {
            document: {
              addEventListener(type: string, listener: (event: { violatedDirective: string }) => void): void;
            };
            setTimeout(code: string, delay: number): void;
          };
          target.document.addEventListener('securitypolicyviolation', (event) =>
            resolve(event.violatedDirective),
          );
          target.setTimeout('window.pwned = 5', 0);
        }),
    );
    expect(refused).toBe('script-src');
    expect(await evaluate('window.pwned')).toBeUndefined();
  });

  it('embeds nothing and talks to nobody', async () => {
    const reached = await evaluate<string>(
      "fetch('https://example.invalid/').then(() => 'reached', () => 'refused')",
    );
    expect(reached).toBe('refused');
    const frame = await evaluate<string>(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective), { once: true });
      const frame = document.createElement('iframe');
      frame.src = 'https://example.invalid/';
      document.body.append(frame);
    })`);
    expect(frame).toBe('frame-src');
  });

  it('reads no file that is not its own', async () => {
    for (const path of ['/../../package.json', '/%2e%2e/%2e%2e/package.json', '/..%2f..%2fpackage.json']) {
      const status = await evaluate<number>(`fetch(${JSON.stringify(path)}).then((answer) => answer.status)`);
      expect(status).toBe(404);
    }
  });

  it('takes hostile words for words', async () => {
    const searched = await evaluate<{ text: string }[]>(
      "window.earshot.ask('sessions.search', { text: 'bold', limit: 5 })",
    );
    expect(searched[0]?.text).toBe(HOSTILE);
    await page.getByText('window.pwned=1').first().click();
    await page.waitForTimeout(500);
    expect(await page.getByText('window.pwned=1').count()).toBeGreaterThan(0);
    expect(await evaluate("document.querySelectorAll('img[src=x], #root script, #root b').length")).toBe(0);
    expect(await evaluate('window.pwned')).toBeUndefined();
  });
});
