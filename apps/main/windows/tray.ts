import { join } from 'node:path';
import {
  Menu,
  nativeImage,
  nativeTheme,
  Tray,
  type MenuItemConstructorOptions,
  type NativeImage,
} from 'electron';
import { trayIconFiles } from './tray-icon-files.ts';
import type { TrayAction, TrayFace, TrayModel } from './tray-model.ts';

export interface TrayOptions {
  /** Holds the images that `trayIconFiles` names. */
  readonly iconFolder: string;
  onAction(action: TrayAction): void;
}

/** The icon beside the clock. Shows a model and nothing of its own. */
export class TrayIcon {
  readonly #tray: Tray;
  readonly #images = new Map<string, NativeImage>();
  readonly #options: TrayOptions;
  #model: TrayModel;
  #shown = '';

  constructor(model: TrayModel, options: TrayOptions) {
    this.#options = options;
    this.#model = model;
    this.#tray = new Tray(this.#image(model.face));
    // Windows and some Linux desktops open the menu with the other button; macOS opens it with this one by itself.
    if (process.platform !== 'darwin') this.#tray.on('click', () => options.onAction('open'));
    nativeTheme.on('updated', this.#onThemeChange);
    this.show(model);
  }

  show(model: TrayModel): void {
    // Rebuilding an open menu closes it under the person's hand.
    const fingerprint = JSON.stringify(model);
    if (fingerprint === this.#shown) return;
    this.#shown = fingerprint;
    this.#model = model;
    this.#tray.setImage(this.#image(model.face));
    this.#tray.setToolTip(model.tooltip);
    this.#tray.setContextMenu(Menu.buildFromTemplate(this.#template(model)));
  }

  dispose(): void {
    nativeTheme.off('updated', this.#onThemeChange);
    this.#tray.destroy();
  }

  #template(model: TrayModel): MenuItemConstructorOptions[] {
    return model.groups.flatMap((group, index): MenuItemConstructorOptions[] => [
      ...(index > 0 ? [{ type: 'separator' as const }] : []),
      ...group.map(({ action, label, enabled, checked }) => ({
        id: action,
        label,
        enabled,
        ...(checked === undefined ? {} : { type: 'checkbox' as const, checked }),
        click: () => this.#options.onAction(action),
      })),
    ]);
  }

  readonly #onThemeChange = (): void => this.#tray.setImage(this.#image(this.#model.face));

  #image(face: TrayFace): NativeImage {
    const dark = nativeTheme.shouldUseDarkColorsForSystemIntegratedUI;
    const [first, ...others] = trayIconFiles(
      face,
      process.platform,
      dark,
      process.env['XDG_CURRENT_DESKTOP'],
    );
    const known = this.#images.get(first.name);
    if (known) return known;
    const image = nativeImage.createFromPath(join(this.#options.iconFolder, first.name));
    for (const { name, scaleFactor } of others) {
      const larger = nativeImage.createFromPath(join(this.#options.iconFolder, name));
      image.addRepresentation({ scaleFactor, dataURL: larger.toDataURL() });
    }
    this.#images.set(first.name, image);
    return image;
  }
}
