/** Windows, tray, keys and the end of the application, without anything being heard. */
import { settingsSchema } from '#protocol';
import { saveSettings } from '#session';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, openTestDataFolder, prepareDesktop, type TestDataFolder } from './prepare.ts';
import { DesktopUnderTest, whyNoDesktop, type LaunchOptions } from './stand-in/launch.ts';

const missing = whyNoDesktop();
if (missing) process.stdout.write(`The desktop's windows are not tested: ${missing}.\n`);

describe.skipIf(missing)('the desktop application', () => {
  let data: TestDataFolder;
  const running: DesktopUnderTest[] = [];

  const launch = (options: Partial<LaunchOptions> = {}): DesktopUnderTest => {
    const desktop = DesktopUnderTest.launch({ dataDir: data.path, ...options });
    running.push(desktop);
    return desktop;
  };

  beforeAll(prepareDesktop);
  beforeEach(async () => {
    data = await openTestDataFolder();
  });
  afterEach(async () => {
    for (const desktop of running.splice(0)) await desktop.kill();
    await data.dispose();
  });

  it('stays in the tray when its window is closed, and says so once', async () => {
    const desktop = launch();
    await desktop.page();
    const closed = await desktop.act({ kind: 'close-window' });
    expect(closed.windows[0]?.visible).toBe(false);
    expect(closed.notifications.map(({ title }) => title)).toEqual(['Earshot stays in the tray']);
    await desktop.act({ kind: 'click-tray', item: 'open' });
    const again = await desktop.act({ kind: 'close-window' });
    expect(again.notifications).toHaveLength(1);
    expect(await desktop.quit()).toBe(0);

    const next = launch();
    await next.page();
    expect((await next.act({ kind: 'close-window' })).notifications).toEqual([]);
  });

  it('quits by closing its window where the person wants it so', async () => {
    await saveSettings(
      join(data.path, 'settings.json'),
      settingsSchema.parse({ desktop: { closeToTray: false } }),
    );
    const desktop = launch();
    await desktop.page();
    const exited = new Promise((resolve) => desktop.process.once('exit', resolve));
    await desktop.act({ kind: 'close-window' }).catch(() => undefined);
    expect(await exited).toBe(0);
  });

  it('opens where it was', async () => {
    const bounds = { x: 200, y: 120, width: 700, height: 600 };
    const desktop = launch();
    await desktop.page();
    await desktop.act({ kind: 'move-window', bounds });
    expect(await desktop.quit()).toBe(0);
    const next = launch();
    await next.page();
    expect((await next.look()).windows[0]?.bounds).toEqual(bounds);
  });

  it('runs once: a second start shows the window of the first', async () => {
    const desktop = launch();
    await desktop.page();
    await desktop.act({ kind: 'close-window' });
    const second = launch();
    await new Promise((resolve) => second.process.once('exit', resolve));
    expect(second.process.exitCode).toBe(0);
    await desktop.until(({ windows }) => windows[0]?.visible === true);
  });

  it('starts into the tray when the system starts it', async () => {
    const desktop = launch({ args: ['--hidden'] });
    const view = await desktop.until(({ tray }) => tray !== undefined);
    expect(view.windows).toEqual([]);
    await desktop.act({ kind: 'click-tray', item: 'open' });
    await desktop.page();
  });

  it('shows captions above everything, lets clicks through when locked, and unlocks from the tray', async () => {
    const desktop = launch();
    const page = await desktop.page();
    await desktop.act({ kind: 'click-tray', item: 'toggle-captions' });
    await desktop.page('captions');
    const [, shown] = (await desktop.look()).windows;
    expect(shown).toMatchObject({ onTop: true, ignoresMouse: false });
    await desktop.act({ kind: 'click-tray', item: 'toggle-captions-lock' });
    await desktop.until(({ windows }) => windows[1]?.ignoresMouse === true);
    expect((await ask(page, 'settings.get', {})).captions.locked).toBe(true);
    expect((await desktop.look()).tray?.labels).toContain('Unlock captions');
    await desktop.act({ kind: 'click-tray', item: 'toggle-captions-lock' });
    await desktop.until(({ windows }) => windows[1]?.ignoresMouse === false);
    await desktop.act({ kind: 'click-tray', item: 'toggle-captions' });
    await desktop.until(({ windows }) => windows.length === 1);
  });

  it('takes another hotkey, and says when it cannot have one', async () => {
    const desktop = launch({ env: { STAND_IN_TAKEN_KEYS: 'Alt+T' } });
    const page = await desktop.page();
    const settings = await ask(page, 'settings.get', {});
    const setHotkey = (hotkey: string | null) =>
      ask(page, 'settings.set', { settings: { ...settings, desktop: { ...settings.desktop, hotkey } } });
    await setHotkey('Alt+T');
    expect((await ask(page, 'host.info', {})).notices.join(' ')).toContain('Alt+T could not be registered');
    const { notifications } = await desktop.until((view) => view.notifications.length > 0);
    expect(notifications[0]?.body).toContain('Alt+T could not be registered');
    await setHotkey('Alt+Y');
    expect((await ask(page, 'host.info', {})).notices.join(' ')).not.toContain('could not be registered');
    expect((await desktop.act({ kind: 'press-hotkey', accelerator: 'Alt+Y' })).pressed).toBe(true);
    expect(
      (await desktop.act({ kind: 'press-hotkey', accelerator: settings.desktop.hotkey ?? '' })).pressed,
    ).toBe(false);
  });

  it('offers the command where the desktop may swallow the hotkey', async () => {
    const desktop = launch({ env: { XDG_SESSION_TYPE: 'wayland' } });
    const { notices } = await ask(await desktop.page(), 'host.info', {});
    expect(notices.find((notice) => notice.includes('Wayland'))).toContain('toggle');
  });

  it('starts with the session of the person when asked', async () => {
    const desktop = launch({ env: { XDG_CONFIG_HOME: join(data.path, 'config') } });
    const page = await desktop.page();
    const settings = await ask(page, 'settings.get', {});
    await ask(page, 'settings.set', {
      settings: {
        ...settings,
        desktop: { ...settings.desktop, startAtLogin: true },
        appearance: { ...settings.appearance, theme: 'dark' },
      },
    });
    const { readFile } = await import('node:fs/promises');
    await expect
      .poll(() => readFile(join(data.path, 'config/autostart/earshot.desktop'), 'utf8').catch(() => ''))
      .toContain('--hidden');
    expect((await desktop.look()).theme).toBe('dark');
  });

  it('says in one line why it cannot open', async () => {
    const desktop = launch({ dataDir: '/dev/null/nowhere' });
    const code = await new Promise((resolve) => desktop.process.once('exit', resolve));
    expect(code).toBe(1);
    expect(desktop.stderr).not.toMatch(/^\s+at /m);
  });

  it('speaks the language of the system', async () => {
    const desktop = launch({ env: { STAND_IN_LANGUAGE: 'es-MX' } });
    await desktop.page();
    expect((await desktop.look()).tray?.labels).toContain('Empezar a escuchar');
  });
});
