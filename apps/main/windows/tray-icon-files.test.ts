import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trayIconFiles } from './tray-icon-files.ts';
import { TRAY_FACES } from './tray-model.ts';

const folder = join(import.meta.dirname, '../../../resources/icons/tray');

describe('the images of the tray', () => {
  it.each(['linux', 'win32', 'darwin'] as const)('exist for %s', (platform) => {
    for (const face of TRAY_FACES) {
      for (const dark of [true, false]) {
        for (const { name } of trayIconFiles(face, platform, dark, 'KDE')) {
          expect(existsSync(join(folder, name)), name).toBe(true);
        }
      }
    }
  });

  it('suit the panel', () => {
    expect(trayIconFiles('idle', 'win32', false, undefined)[0].name).toBe('idle-light-16.png');
    expect(trayIconFiles('idle', 'linux', false, 'GNOME')[0].name).toBe('idle-dark-22.png');
    expect(trayIconFiles('idle', 'linux', false, 'KDE')[0].name).toBe('idle-light-22.png');
    expect(trayIconFiles('idle', 'darwin', true, undefined)[0].name).toBe('idleTemplate.png');
  });
});
