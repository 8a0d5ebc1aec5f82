import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Text } from '../strings.ts';

export interface MenuActions {
  /** Presses a key in the main window, with the system's command key when asked. */
  press(keyCode: string, withCommand: boolean): void;
  toggleCaptions(): void;
  quit(): void;
}

/**
 * The application's menu. The page owns its shortcuts (Space, search, export, settings, ?), the menu only shows them:
 * `registerAccelerator: false`, or every press would count twice.
 */
export function installApplicationMenu(text: Text, platform: NodeJS.Platform, actions: MenuActions): void {
  const mac = platform === 'darwin';
  const pageKey = (
    label: string,
    accelerator: string,
    keyCode: string,
    withCommand: boolean,
  ): MenuItemConstructorOptions => ({
    label,
    accelerator,
    registerAccelerator: false,
    click: () => actions.press(keyCode, withCommand),
  });
  const settings = pageKey(text('main.menu.settings'), 'CommandOrControl+,', ',', true);
  const quit: MenuItemConstructorOptions = {
    label: text('main.menu.quit'),
    accelerator: 'CommandOrControl+Q',
    click: () => actions.quit(),
  };
  const template: MenuItemConstructorOptions[] = [
    ...(mac
      ? [
          {
            label: text('main.app.name'),
            submenu: [
              { role: 'about' as const },
              { type: 'separator' as const },
              settings,
              { type: 'separator' as const },
              { role: 'services' as const },
              { role: 'hide' as const },
              { role: 'hideOthers' as const },
              { role: 'unhide' as const },
              { type: 'separator' as const },
              quit,
            ],
          },
        ]
      : []),
    {
      label: text('main.menu.file'),
      submenu: [
        pageKey(text('main.menu.toggle'), 'Space', 'Space', false),
        { type: 'separator' },
        pageKey(text('main.menu.search'), 'CommandOrControl+F', 'F', true),
        pageKey(text('main.menu.export'), 'CommandOrControl+E', 'E', true),
        ...(mac ? [] : [{ type: 'separator' as const }, settings, { type: 'separator' as const }, quit]),
      ],
    },
    { label: text('main.menu.edit'), role: 'editMenu' },
    {
      label: text('main.menu.view'),
      submenu: [
        {
          label: text('main.menu.captions'),
          accelerator: 'CommandOrControl+Shift+C',
          click: () => actions.toggleCaptions(),
        },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { label: text('main.menu.window'), role: 'windowMenu' },
    {
      label: text('main.menu.help'),
      role: 'help',
      submenu: [pageKey(text('main.menu.keys'), '?', '?', false)],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
