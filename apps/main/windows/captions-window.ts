import { BrowserWindow } from 'electron';
import { DESKTOP_ORIGIN } from '#protocol';
import { SAFE_WEB_PREFERENCES } from '../security/harden.ts';
import { placeWindow, type Rectangle } from './bounds.ts';
import { workAreas } from './main-window.ts';
import type { WindowMemory } from './window-memory.ts';

const SIZES = { initial: { width: 900, height: 180 }, least: { width: 320, height: 96 } };
/** From the lower edge of the display the first time, in pixels. */
const FOOT_MARGIN = 48;

export interface CaptionsWindowOptions {
  readonly preloadPath: string;
  readonly memory: WindowMemory;
  readonly title: string;
  /** It was opened or closed. */
  onChange(): void;
}

/** Two lines of large text above everything else. Locked, it can be read and not touched. */
export class CaptionsWindow {
  readonly #options: CaptionsWindowOptions;
  #window: BrowserWindow | undefined;
  #locked = false;

  constructor(options: CaptionsWindowOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#window !== undefined;
  }

  get contents(): Electron.WebContents | undefined {
    return this.#window?.webContents;
  }

  show(): void {
    if (this.#window) return;
    this.#window = this.#create();
    this.#applyLock();
    this.#options.onChange();
  }

  hide(): void {
    this.#window?.close();
  }

  /** Lets clicks through to what lies below, or takes them. */
  lock(locked: boolean): void {
    if (locked === this.#locked) return;
    this.#locked = locked;
    this.#applyLock();
  }

  dispose(): void {
    this.#window?.destroy();
    this.#window = undefined;
  }

  #applyLock(): void {
    // Forwarded moves let the page show that it is locked when the pointer comes near.
    this.#window?.setIgnoreMouseEvents(this.#locked, { forward: true });
    this.#window?.setResizable(!this.#locked);
  }

  #create(): BrowserWindow {
    const { memory, preloadPath, title } = this.#options;
    const areas = workAreas();
    const bounds = placeWindow(memory.bounds('captions') ?? atFoot(areas[0]), areas, SIZES);
    const window = new BrowserWindow({
      ...bounds,
      minWidth: SIZES.least.width,
      minHeight: SIZES.least.height,
      title,
      frame: false,
      transparent: true,
      hasShadow: false,
      alwaysOnTop: true,
      skipTaskbar: true,
      fullscreenable: false,
      maximizable: false,
      minimizable: false,
      show: false,
      webPreferences: { ...SAFE_WEB_PREFERENCES, preload: preloadPath },
    });
    // Above full-screen presentations and video, which is where captions are needed.
    window.setAlwaysOnTop(true, 'screen-saver');
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true });
    const remember = (): void => memory.rememberBounds('captions', window.getBounds());
    window.on('resize', remember);
    window.on('move', remember);
    // Without taking the focus away from what the person is doing.
    window.once('ready-to-show', () => window.showInactive());
    window.on('closed', () => {
      this.#window = undefined;
      this.#options.onChange();
    });
    void window.loadURL(`${DESKTOP_ORIGIN}/captions.html`);
    return window;
  }
}

function atFoot(area: Rectangle | undefined): Rectangle | undefined {
  if (!area) return undefined;
  const width = Math.min(SIZES.initial.width, area.width);
  const { height } = SIZES.initial;
  return {
    x: Math.round(area.x + (area.width - width) / 2),
    y: Math.round(area.y + area.height - height - FOOT_MARGIN),
    width,
    height,
  };
}
