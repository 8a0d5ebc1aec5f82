/** What is around the windows, remembered instead of shown: tray, menus, notifications, keys, the system's pages. */
import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type {
  Dialog,
  GlobalShortcut,
  MenuItemConstructorOptions,
  NativeImage,
  NotificationConstructorOptions,
  Rectangle,
  Screen,
  Session,
  Shell,
  SystemPreferences,
  Tray as ElectronTray,
} from 'electron';

class Image implements Pick<NativeImage, 'isEmpty' | 'toDataURL' | 'addRepresentation'> {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  isEmpty(): boolean {
    return !existsSync(this.path);
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.isEmpty() ? '' : readFileSync(this.path, 'base64')}`;
  }

  addRepresentation(): void {
    // One scale here.
  }
}

export const nativeImage = { createFromPath: (path: string): Image => new Image(path) };

export class Menu {
  static applicationMenu: Menu | null = null;
  readonly template: MenuItemConstructorOptions[];

  constructor(template: MenuItemConstructorOptions[]) {
    this.template = template;
  }

  static buildFromTemplate(template: MenuItemConstructorOptions[]): Menu {
    return new Menu(template);
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.applicationMenu = menu;
  }

  /** Clicks the item with this id or label, wherever it hangs. */
  click(name: string): void {
    const item = flatten(this.template).find(({ id, label }) => id === name || label === name);
    if (!item) throw new Error(`the menu has no item ${name}`);
    if (item.enabled === false) throw new Error(`the item ${name} is disabled`);
    (item.click as (() => void) | undefined)?.();
  }
}

function flatten(items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);
}

export class Tray extends EventEmitter implements Pick<ElectronTray, 'setToolTip' | 'destroy'> {
  static shown: Tray | undefined;
  image: Image;
  tooltip = '';
  menu: Menu | undefined;

  constructor(image: Image) {
    super();
    this.image = image;
    Tray.shown = this;
  }

  setImage(image: Image): void {
    this.image = image;
  }

  setToolTip(tooltip: string): void {
    this.tooltip = tooltip;
  }

  setContextMenu(menu: Menu): void {
    this.menu = menu;
  }

  destroy(): void {
    Tray.shown = undefined;
  }
}

export class Notification extends EventEmitter {
  static readonly shown: NotificationConstructorOptions[] = [];
  readonly #options: NotificationConstructorOptions;

  constructor(options: NotificationConstructorOptions) {
    super();
    this.#options = options;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    Notification.shown.push(this.#options);
  }
}

class StandInGlobalShortcut implements Pick<GlobalShortcut, 'register' | 'unregister' | 'unregisterAll'> {
  readonly #held = new Map<string, () => void>();

  /** `STAND_IN_TAKEN_KEYS` names combinations that another program has. */
  register(accelerator: string, onPress: () => void): boolean {
    const taken = process.env['STAND_IN_TAKEN_KEYS']?.split(' ') ?? [];
    if (taken.includes(accelerator) || this.#held.has(accelerator)) return false;
    this.#held.set(accelerator, onPress);
    return true;
  }

  unregister(accelerator: string): void {
    this.#held.delete(accelerator);
  }

  unregisterAll(): void {
    this.#held.clear();
  }

  press(accelerator: string): boolean {
    const onPress = this.#held.get(accelerator);
    onPress?.();
    return onPress !== undefined;
  }
}
export const globalShortcut = new StandInGlobalShortcut();

class StandInNativeTheme extends EventEmitter {
  themeSource: 'system' | 'light' | 'dark' = 'system';
  readonly shouldUseDarkColorsForSystemIntegratedUI = false;
}
export const nativeTheme = new StandInNativeTheme();

export const powerMonitor = new EventEmitter();

const display = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } satisfies Rectangle };
export const screen = {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
} satisfies {
  [Name in 'getPrimaryDisplay' | 'getAllDisplays']: (...args: Parameters<Screen[Name]>) => unknown;
};

export const systemPreferences = {
  getMediaAccessStatus: () => 'granted' as const,
  askForMediaAccess: () => Promise.resolve(true),
} satisfies Pick<SystemPreferences, 'getMediaAccessStatus' | 'askForMediaAccess'>;

export const shell = {
  openExternal: () => Promise.resolve(),
} satisfies Pick<Shell, 'openExternal'>;

/** Boxes that would have been shown. */
export const errorBoxes: { title: string; content: string }[] = [];
export const dialog = {
  showErrorBox: (title: string, content: string): void => {
    errorBoxes.push({ title, content });
  },
} satisfies Pick<Dialog, 'showErrorBox'>;

export const desktopCapturer = { getSources: () => Promise.resolve([]) };

type RequestHandler = Parameters<Session['setPermissionRequestHandler']>[0];
type CheckHandler = Parameters<Session['setPermissionCheckHandler']>[0];
/** The handlers that the application set; that they decide rightly is tested beside them. */
export const permissionHandlers: { request: RequestHandler; check: CheckHandler } = {
  request: null,
  check: null,
};
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: RequestHandler): void => {
      permissionHandlers.request = handler;
    },
    setPermissionCheckHandler: (handler: CheckHandler): void => {
      permissionHandlers.check = handler;
    },
    setDevicePermissionHandler: (): void => undefined,
    setDisplayMediaRequestHandler: (): void => undefined,
  },
};
