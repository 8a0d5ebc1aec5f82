/** The part of Electron's `globalShortcut` that a hotkey needs. */
export interface ShortcutRegistrar {
  /** False when another program has the keys; throws for something that is no accelerator. */
  register(accelerator: string, onPress: () => void): boolean;
  unregister(accelerator: string): void;
}

/** How the hotkey stands. `uncertain`: registered, but this desktop may never pass it on (Wayland). */
export type HotkeyState =
  | { readonly kind: 'off' }
  | { readonly kind: 'works' | 'refused' | 'uncertain'; readonly accelerator: string };

export interface HotkeyOptions {
  readonly registrar: ShortcutRegistrar;
  /** Under Wayland `register` returns true and nothing ever comes. */
  readonly wayland: boolean;
  onPress(): void;
  /** A combination that was asked for cannot be had. */
  onRefused?(accelerator: string): void;
}

/** The one key combination that works from anywhere. Owns its registration. */
export class Hotkey {
  readonly #options: HotkeyOptions;
  #wanted: string | null = null;
  #registered: string | undefined;
  #paused = false;
  #state: HotkeyState = { kind: 'off' };

  constructor(options: HotkeyOptions) {
    this.#options = options;
  }

  get state(): HotkeyState {
    return this.#state;
  }

  /** Takes another combination, or none. The same one again changes nothing. */
  apply(accelerator: string | null): HotkeyState {
    if (accelerator === this.#wanted) return this.#state;
    this.#wanted = accelerator;
    if (!this.#paused) this.#register();
    return this.#state;
  }

  /** While a new combination is recorded the present one must reach the recorder instead. */
  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#unregister();
    else this.#register();
  }

  dispose(): void {
    this.#unregister();
    this.#wanted = null;
    this.#state = { kind: 'off' };
  }

  #register(): void {
    this.#unregister();
    const accelerator = this.#wanted;
    if (accelerator === null) {
      this.#state = { kind: 'off' };
      return;
    }
    const taken = this.#tryRegister(accelerator);
    if (taken) this.#registered = accelerator;
    this.#state = { kind: taken ? (this.#options.wayland ? 'uncertain' : 'works') : 'refused', accelerator };
    if (!taken) this.#options.onRefused?.(accelerator);
  }

  #tryRegister(accelerator: string): boolean {
    try {
      return this.#options.registrar.register(accelerator, () => this.#options.onPress());
    } catch {
      // Settings written by hand may hold anything.
      return false;
    }
  }

  #unregister(): void {
    if (this.#registered !== undefined) this.#options.registrar.unregister(this.#registered);
    this.#registered = undefined;
  }
}
