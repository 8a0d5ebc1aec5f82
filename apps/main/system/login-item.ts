import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { App } from 'electron';

/** Starts Earshot with the session of the person, in the background. */
export interface LoginItem {
  set(enabled: boolean): Promise<void>;
}

/** The argument of a start that no person asked for: no window opens. */
export const HIDDEN_START_ARGUMENT = '--hidden';

/** macOS and Windows keep a list of their own. */
export class SystemLoginItem implements LoginItem {
  readonly #app: Pick<App, 'setLoginItemSettings' | 'getLoginItemSettings'>;

  constructor(app: Pick<App, 'setLoginItemSettings' | 'getLoginItemSettings'>) {
    this.#app = app;
  }

  set(enabled: boolean): Promise<void> {
    const args = [HIDDEN_START_ARGUMENT];
    if (this.#app.getLoginItemSettings({ args }).openAtLogin !== enabled) {
      this.#app.setLoginItemSettings({ openAtLogin: enabled, args });
    }
    return Promise.resolve();
  }
}

/** Linux desktops start what lies in `autostart` (XDG Desktop Application Autostart Specification). */
export class AutostartFile implements LoginItem {
  readonly #path: string;
  readonly #command: readonly string[];

  /** @param command - program and arguments that start Earshot. */
  constructor(configFolder: string, command: readonly string[]) {
    this.#path = join(configFolder, 'autostart', 'earshot.desktop');
    this.#command = command;
  }

  async set(enabled: boolean): Promise<void> {
    if (!enabled) {
      if (existsSync(this.#path)) await rm(this.#path);
      return;
    }
    await mkdir(dirname(this.#path), { recursive: true });
    const exec = [...this.#command, HIDDEN_START_ARGUMENT].map(quoteForDesktopEntry).join(' ');
    const entry = ['[Desktop Entry]', 'Type=Application', 'Name=Earshot', `Exec=${exec}`, 'Terminal=false'];
    await writeFile(this.#path, entry.join('\n') + '\n');
  }
}

/** Quoting of the Desktop Entry Specification: double quotes, four characters escaped, `%` doubled. */
function quoteForDesktopEntry(word: string): string {
  const escaped = word.replaceAll('%', '%%').replace(/["`$\\]/g, (character) => `\\\\${character}`);
  return `"${escaped}"`;
}
