import { BrowserWindow, screen } from 'electron';
import { DESKTOP_ORIGIN } from '#protocol';
import { SAFE_WEB_PREFERENCES } from '../security/harden.ts';
import { placeWindow } from './bounds.ts';
import type { WindowMemory } from './window-memory.ts';

const SIZES = { initial: { width: 1120, height: 780 }, least: { width: 380, height: 420 } };
/** A page that crashes again and again is left alone after this many times in a minute. */
const MAX_RELOADS_A_MINUTE = 3;

export interface MainWindowOptions {
  readonly preloadPath: string;
  readonly iconPath: string;
  readonly memory: WindowMemory;
  readonly title: string;
  /** The person closes the window. True hides it; false lets it go. */
  onClose(): boolean;
}

/** The window with stream, sessions and settings; made when it is first shown, hidden rather than closed. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  #window: BrowserWindow | undefined;
  #reloads: number[] = [];

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  get contents(): Electron.WebContents | undefined {
    return this.#window?.webContents;
  }

  get focused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  get visible(): boolean {
    return this.#window?.isVisible() ?? false;
  }

  /** Opens it, or brings it to the front. */
  show(): void {
    if (!this.#window) {
      this.#window = this.#create();
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /** Presses keys in the page: menu items and shortcuts are one and the same that way. */
  press(keyCode: string, modifiers: ('control' | 'meta')[] = []): void {
    this.show();
    this.contents?.sendInputEvent({ type: 'keyDown', keyCode, modifiers });
    this.contents?.sendInputEvent({ type: 'char', keyCode, modifiers });
    this.contents?.sendInputEvent({ type: 'keyUp', keyCode, modifiers });
  }

  /** Closes it for good. */
  dispose(): void {
    this.#window?.destroy();
    this.#window = undefined;
  }

  #create(): BrowserWindow {
    const { memory, preloadPath, iconPath, title } = this.#options;
    const bounds = placeWindow(memory.bounds('main'), workAreas(), SIZES);
    const window = new BrowserWindow({
      ...bounds,
      minWidth: SIZES.least.width,
      minHeight: SIZES.least.height,
      title,
      icon: iconPath,
      show: false,
      webPreferences: { ...SAFE_WEB_PREFERENCES, preload: preloadPath },
    });
    const remember = (): void => {
      if (!window.isMinimized() && !window.isFullScreen())
        memory.rememberBounds('main', window.getNormalBounds());
    };
    window.on('resize', remember);
    window.on('move', remember);
    window.once('ready-to-show', () => window.show());
    window.on('close', (event) => {
      if (!this.#options.onClose()) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => (this.#window = undefined));
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      // The page is a pure function of what the host tells: loaded again, it is what it was.
      if (reason !== 'clean-exit' && this.#mayReload()) window.webContents.reload();
    });
    void window.loadURL(`${DESKTOP_ORIGIN}/index.html`);
    return window;
  }

  #mayReload(): boolean {
    const now = Date.now();
    this.#reloads = [...this.#reloads.filter((atMs) => now - atMs < 60_000), now];
    return this.#reloads.length <= MAX_RELOADS_A_MINUTE;
  }
}

/** The displays' work areas, the primary one first. */
export function workAreas(): Electron.Rectangle[] {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter((display) => display.id !== primary.id);
  return [primary, ...others].map((display) => display.workArea);
}
