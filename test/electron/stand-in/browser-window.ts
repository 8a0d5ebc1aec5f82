import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BrowserWindow as ElectronWindow, BrowserWindowConstructorOptions, Rectangle } from 'electron';
import type { Page } from 'playwright-core';
import { toAppAddress, toPageAddress } from './addresses.ts';
import { app, PreventableEvent } from './app.ts';
import { browserContext, judgeNavigations } from './chromium.ts';
import { ipcMain } from './ipc.ts';
import { BINDING, preloadScript, RECEIVER } from './page-script.ts';

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

/** A window's page and main's way to it. */
class StandInWebContents extends EventEmitter {
  readonly id: number;
  readonly page: Promise<Page>;
  /** The page once it is there. */
  pageNow: Page | undefined;
  /** Addresses that were denied, for tests. */
  readonly denied: string[] = [];
  #openHandler: OpenHandler = () => ({ action: 'allow' });
  #expected: string | undefined;
  #destroyed = false;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(id: number, preloadPath: string | undefined) {
    super();
    this.id = id;
    this.page = this.#open(preloadPath);
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  async loadURL(address: string): Promise<void> {
    const page = await this.page;
    this.#expected = toPageAddress(address);
    await page.goto(this.#expected).catch((error: unknown) => {
      if (!this.#destroyed) throw error;
    });
    this.emit('did-finish-load');
  }

  reload(): void {
    void this.page.then((page) => {
      this.#expected = page.url();
      return page.reload();
    });
  }

  /** In order, as Electron's pipe keeps it. */
  send(channel: string, ...args: unknown[]): void {
    this.#sending = this.#sending.then(async () => {
      const page = await this.page;
      await page
        .evaluate(
          ([receiver, name, values]) => {
            const receive = Reflect.get(globalThis, receiver) as
              ((channel: string, args: unknown[]) => void) | undefined;
            receive?.(name, values);
          },
          [RECEIVER, channel, args] as const,
        )
        // The page is being loaded or is gone: Electron drops such a message too.
        .catch(() => undefined);
    });
  }

  sendInputEvent(event: { type: string; keyCode?: string; modifiers?: string[] }): void {
    if (event.type !== 'keyDown') return;
    const names = (event.modifiers ?? []).map((name) => name.charAt(0).toUpperCase() + name.slice(1));
    const keys = [...names, names.length > 0 ? event.keyCode?.toLowerCase() : event.keyCode].join('+');
    void this.page.then((page) => page.keyboard.press(keys));
  }

  /** True when this navigation of a page may happen. */
  judge(url: string, isMainFrame: boolean): boolean {
    if (isMainFrame && url === this.#expected) return true;
    const details = Object.assign(new PreventableEvent(), { url: toAppAddress(url), isMainFrame });
    if (isMainFrame) this.emit('will-navigate', details, details.url);
    this.emit('will-frame-navigate', details);
    if (details.defaultPrevented) this.denied.push(details.url);
    return !details.defaultPrevented;
  }

  async destroy(): Promise<void> {
    this.#destroyed = true;
    const page = await this.page;
    await page.close().catch(() => undefined);
  }

  #askToOpen(url: string): void {
    if (this.#openHandler({ url }).action === 'deny') this.denied.push(`window.open ${url}`);
    else throw new Error('the stand-in opens no windows for pages');
  }

  async #open(preloadPath: string | undefined): Promise<Page> {
    const context = await browserContext();
    const page = await context.newPage();
    this.pageNow = page;
    await page.exposeBinding(BINDING, async ({ frame }, kind: string, channel: string, args: unknown[]) => {
      const parent = frame.parentFrame();
      const event = { sender: this, senderFrame: { url: toAppAddress(frame.url()), parent } };
      if (kind === 'open') return this.#askToOpen(toAppAddress(String(args[0])));
      if (kind === 'invoke') return ipcMain.invoke(event, channel, args);
      ipcMain.emit(channel, event, ...args);
      return undefined;
    });
    if (preloadPath) await page.addInitScript({ content: preloadScript(readFileSync(preloadPath, 'utf8')) });
    // A link that wants a window of its own comes this way; the script's own `open` is asked before.
    page.on('popup', (popup) => {
      this.#askToOpen(toAppAddress(popup.url()));
      void popup.close().catch(() => undefined);
    });
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }));
    return page;
  }
}

type ModelledWindow = Pick<
  ElectronWindow,
  | 'show'
  | 'showInactive'
  | 'hide'
  | 'focus'
  | 'close'
  | 'destroy'
  | 'restore'
  | 'isVisible'
  | 'isFocused'
  | 'isMinimized'
  | 'isFullScreen'
  | 'getBounds'
  | 'getNormalBounds'
  | 'setIgnoreMouseEvents'
  | 'setResizable'
  | 'setAlwaysOnTop'
  | 'setVisibleOnAllWorkspaces'
  | 'loadURL'
>;

let nextId = 1;
const windows = new Set<BrowserWindow>();

/** Electron's window: a page of a real Chromium, everything around the page remembered. */
export class BrowserWindow extends EventEmitter implements ModelledWindow {
  readonly id = nextId++;
  readonly webContents: StandInWebContents;
  readonly options: BrowserWindowConstructorOptions;
  ignoresMouse = false;
  onTop = false;
  #bounds: Rectangle;
  #visible: boolean;
  #focused = false;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    this.options = options;
    this.#visible = options.show !== false;
    this.#bounds = {
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
    this.webContents = new StandInWebContents(this.id, options.webPreferences?.preload);
    windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    void this.#sizePage();
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }

  async loadURL(address: string): Promise<void> {
    await this.webContents.loadURL(address);
    if (windows.has(this)) this.emit('ready-to-show');
  }

  show(): void {
    this.#visible = true;
    this.#focused = true;
  }

  showInactive(): void {
    this.#visible = true;
  }

  hide(): void {
    this.#visible = false;
    this.#focused = false;
  }

  focus(): void {
    this.#focused = true;
  }

  /** Another application comes to the front. */
  blur(): void {
    this.#focused = false;
  }

  /** As the person does it: listeners may refuse. */
  close(): void {
    const event = new PreventableEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (!windows.delete(this)) return;
    void this.webContents.destroy();
    this.emit('closed');
    if (windows.size === 0) app.emit('window-all-closed');
  }

  restore(): void {
    // Never minimized.
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isFocused(): boolean {
    return this.#focused;
  }

  isMinimized(): boolean {
    return false;
  }

  isFullScreen(): boolean {
    return false;
  }

  getBounds(): Rectangle {
    return this.#bounds;
  }

  getNormalBounds(): Rectangle {
    return this.#bounds;
  }

  /** The person moves or resizes it. */
  setBounds(bounds: Rectangle): void {
    this.#bounds = bounds;
    void this.#sizePage();
    this.emit('move');
    this.emit('resize');
  }

  setIgnoreMouseEvents(ignore: boolean): void {
    this.ignoresMouse = ignore;
  }

  setResizable(): void {
    // The page cannot be dragged here.
  }

  setAlwaysOnTop(onTop: boolean): void {
    this.onTop = onTop;
  }

  setVisibleOnAllWorkspaces(): void {
    // One workspace.
  }

  async #sizePage(): Promise<void> {
    const page = await this.webContents.page;
    const { width, height } = this.#bounds;
    await page.setViewportSize({ width, height }).catch(() => undefined);
  }
}

judgeNavigations((request) => {
  const frame = request.frame();
  for (const window of windows) {
    if (window.webContents.pageNow === frame.page())
      return window.webContents.judge(request.url(), frame.parentFrame() === null);
  }
  // A page without a window is a pop-up: its opener's handler decides, and it loads nothing before.
  return false;
});
