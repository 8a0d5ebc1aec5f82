import { describe, expect, it } from 'vitest';
import { acceleratorKeys, acceleratorOf } from '../settings/accelerator.ts';
import { shortcutOf } from './shortcuts.ts';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
  code = key,
) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('keys of the window', () => {
  it('toggle by Space on the page, never while something is written or a control has the focus', () => {
    expect(shortcutOf(press(' '), 'page')).toBe('toggle');
    expect(shortcutOf(press(' '), 'control')).toBeUndefined();
    expect(shortcutOf(press(' '), 'writing')).toBeUndefined();
    expect(shortcutOf(press('?'), 'writing')).toBeUndefined();
  });

  it('search, export and open the settings from anywhere, with Ctrl or Cmd', () => {
    expect(shortcutOf(press('f', { ctrlKey: true }), 'writing')).toBe('search');
    expect(shortcutOf(press('E', { metaKey: true }), 'control')).toBe('export');
    expect(shortcutOf(press(',', { ctrlKey: true }), 'page')).toBe('settings');
    expect(shortcutOf(press('f', { ctrlKey: true, altKey: true }), 'page')).toBeUndefined();
    expect(shortcutOf(press('c', { ctrlKey: true }), 'page')).toBeUndefined();
  });

  it('leave by Escape and list themselves by the question mark', () => {
    expect(shortcutOf(press('Escape'), 'writing')).toBe('leave');
    expect(shortcutOf(press('?', { shiftKey: true }), 'control')).toBe('keys');
  });
});

describe('a recorded hotkey', () => {
  it('is written as Electron reads it', () => {
    expect(acceleratorOf(press(' ', { ctrlKey: true, shiftKey: true }, 'Space'), 'linux')).toBe(
      'CommandOrControl+Shift+Space',
    );
    expect(acceleratorOf(press('ß', { metaKey: true, altKey: true }, 'KeyS'), 'darwin')).toBe(
      'CommandOrControl+Alt+S',
    );
    expect(acceleratorOf(press('l', { metaKey: true }, 'KeyL'), 'win32')).toBe('Super+L');
    expect(acceleratorOf(press('F9', {}, 'F9'), 'linux')).toBe('F9');
  });

  it('needs a modifier that takes no letter from other applications', () => {
    expect(acceleratorOf(press('a', {}, 'KeyA'), 'linux')).toBeUndefined();
    expect(acceleratorOf(press('A', { shiftKey: true }, 'KeyA'), 'linux')).toBeUndefined();
    expect(acceleratorOf(press('Control', { ctrlKey: true }, 'ControlLeft'), 'linux')).toBeUndefined();
  });

  it('is shown as it stands on the keyboard', () => {
    expect(acceleratorKeys('CommandOrControl+Shift+Space', 'win32')).toEqual(['Ctrl', 'Shift', 'Space']);
    expect(acceleratorKeys('CommandOrControl+Shift+Space', 'darwin')).toEqual(['⌘', '⇧', 'Space']);
  });
});
