import type { MicrophoneAccess } from '#protocol';

/** The part of Electron's `systemPreferences` that knows who may listen; absent methods where the system has none. */
export interface MediaPreferences {
  getMediaAccessStatus(mediaType: 'microphone'): MicrophoneAccess;
  askForMediaAccess(mediaType: 'microphone'): Promise<boolean>;
}

const SETTINGS_PAGES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone',
  win32: 'ms-settings:privacy-microphone',
};

/** The system's own permission for the microphone. Linux has none: there everybody may listen. */
export class MicrophonePermission {
  readonly #platform: NodeJS.Platform;
  readonly #preferences: MediaPreferences;
  readonly #openExternal: (address: string) => Promise<void>;

  constructor(options: {
    platform: NodeJS.Platform;
    preferences: MediaPreferences;
    openExternal: (address: string) => Promise<void>;
  }) {
    this.#platform = options.platform;
    this.#preferences = options.preferences;
    this.#openExternal = options.openExternal;
  }

  access(): MicrophoneAccess {
    if (this.#platform !== 'darwin' && this.#platform !== 'win32') return 'granted';
    return this.#preferences.getMediaAccessStatus('microphone');
  }

  /** Asks the person when they were never asked; macOS asks once in the life of an installation. */
  async request(): Promise<MicrophoneAccess> {
    const access = this.access();
    if (this.#platform !== 'darwin' || access !== 'not-determined') return access;
    await this.#preferences.askForMediaAccess('microphone');
    return this.access();
  }

  /** False where the system has no page for it. */
  async openSystemSettings(): Promise<boolean> {
    const page = SETTINGS_PAGES[this.#platform];
    if (page === undefined) return false;
    await this.#openExternal(page);
    return true;
  }
}
