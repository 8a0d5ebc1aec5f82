/** What of a key press decides the accelerator; a `KeyboardEvent` is one. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Electron's names for keys that are not one letter; see its documentation of accelerators. */
const NAMED: Readonly<Record<string, string>> = {
  Space: 'Space',
  Enter: 'Return',
  Tab: 'Tab',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Home: 'Home',
  End: 'End',
  PageUp: 'PageUp',
  PageDown: 'PageDown',
  Insert: 'Insert',
  Delete: 'Delete',
};

/**
 * A key press in Electron's notation; undefined while only modifiers are held, or without one, since a bare letter
 * would be taken from every other application. Function keys do alone.
 */
export function acceleratorOf(press: KeyPress, platform: string): string | undefined {
  const key = keyName(press);
  if (key === undefined) return undefined;
  const mac = platform === 'darwin';
  const command = mac ? press.metaKey : press.ctrlKey;
  const modifiers = [
    ...(command ? ['CommandOrControl'] : []),
    ...(mac && press.ctrlKey ? ['Control'] : []),
    ...(!mac && press.metaKey ? ['Super'] : []),
    ...(press.altKey ? ['Alt'] : []),
    ...(press.shiftKey ? ['Shift'] : []),
  ];
  const alone = /^F\d+$/.test(key);
  const strong = modifiers.some((name) => name !== 'Shift');
  return alone || strong ? [...modifiers, key].join('+') : undefined;
}

function keyName({ code }: KeyPress): string | undefined {
  const letter = /^Key([A-Z])$/.exec(code)?.[1] ?? /^Digit(\d)$/.exec(code)?.[1];
  if (letter !== undefined) return letter;
  if (/^F([1-9]|1\d|2[0-4])$/.test(code)) return code;
  return NAMED[code];
}

const MAC_SIGNS: Readonly<Record<string, string>> = {
  CommandOrControl: '⌘',
  Control: '⌃',
  Alt: '⌥',
  Shift: '⇧',
  Super: '⌘',
};
const PC_NAMES: Readonly<Record<string, string>> = {
  CommandOrControl: 'Ctrl',
  Control: 'Ctrl',
  Super: 'Win',
};

/** The keys of an accelerator as they stand on a keyboard. */
export function acceleratorKeys(accelerator: string, platform: string): readonly string[] {
  const names = platform === 'darwin' ? MAC_SIGNS : PC_NAMES;
  return accelerator.split('+').map((part) => names[part] ?? part);
}
