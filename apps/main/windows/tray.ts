import { join } from 'node:path';
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import { TRAY_FACES, type TrayAction, type TrayFace, type TrayModel } from './tray-model.ts';

export interface TrayOptions {
  /** Holds `tray-FACE.png` with `@2x` beside it, and `tray-FACETemplate.png` for macOS. */
  readonly iconFolder: string;
  onAction(action: TrayAction): void;
}

/** The icon beside the clock. Shows a model and nothing of its own. */
export class TrayIcon {
  readonly #tray: Tray;
  readonly #images: ReadonlyMap<TrayFace, NativeImage>;
  readonly #options: TrayOptions;
  #shown = '';

  constructor(model: TrayModel, options: TrayOptions) {
    this.#options = options;
    this.#images = new Map(TRAY_FACES.map((face) => [face, loadIcon(options.iconFolder, face)]));
    this.#tray = new Tray(this.#image(model.face));
    // Windows and some Linux desktops open the menu with the other button; macOS opens it with this one by itself.
    if (process.platform !== 'darwin') this.#tray.on('click', () => options.onAction('open'));
    this.show(model);
  }

  show(model: TrayModel): void {
    // Rebuilding an open menu closes it under the person's hand.
    const fingerprint = JSON.stringify(model);
    if (fingerprint === this.#shown) return;
    this.#shown = fingerprint;
    this.#tray.setImage(this.#image(model.face));
    this.#tray.setToolTip(model.tooltip);
    this.#tray.setContextMenu(Menu.buildFromTemplate(this.#template(model)));
  }

  dispose(): void {
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

  #image(face: TrayFace): NativeImage {
    return this.#images.get(face) ?? nativeImage.createEmpty();
  }
}

function loadIcon(folder: string, face: TrayFace): NativeImage {
  const template = process.platform === 'darwin';
  // macOS colours a template image itself, light or dark as the menu bar is.
  return nativeImage.createFromPath(join(folder, `tray-${face}${template ? 'Template' : ''}.png`));
}
