import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AutostartFile, SystemLoginItem } from './login-item.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-login-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('start at login', () => {
  it('writes and removes the desktop entry', async () => {
    const item = new AutostartFile(folder, ['/opt/My Apps/earshot', '--data', '/home/a $b%']);
    await item.set(true);
    const path = join(folder, 'autostart', 'earshot.desktop');
    const entry = await readFile(path, 'utf8');
    expect(entry).toContain('Exec="/opt/My Apps/earshot" "--data" "/home/a \\\\$b%%" "--hidden"\n');
    expect(entry.startsWith('[Desktop Entry]\n')).toBe(true);
    await item.set(false);
    await expect(stat(path)).rejects.toThrow();
    await item.set(false);
  });

  it('tells the system only when something changes', async () => {
    const calls: unknown[] = [];
    let open = false;
    const item = new SystemLoginItem({
      getLoginItemSettings: () => ({ openAtLogin: open }) as Electron.LoginItemSettings,
      setLoginItemSettings: (settings) => {
        open = settings.openAtLogin ?? false;
        calls.push(settings);
      },
    });
    await item.set(false);
    await item.set(true);
    await item.set(true);
    expect(calls).toEqual([{ openAtLogin: true, args: ['--hidden'] }]);
  });
});
