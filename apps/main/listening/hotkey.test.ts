import { describe, expect, it } from 'vitest';
import { Hotkey, type ShortcutRegistrar } from './hotkey.ts';

/** A system that hands out each combination once, as the real ones do. */
class Registrar implements ShortcutRegistrar {
  readonly held = new Map<string, () => void>();
  readonly takenByOthers = new Set<string>();

  register(accelerator: string, onPress: () => void): boolean {
    if (accelerator.includes('Nonsense')) throw new TypeError('conversion failure');
    if (this.takenByOthers.has(accelerator) || this.held.has(accelerator)) return false;
    this.held.set(accelerator, onPress);
    return true;
  }

  unregister(accelerator: string): void {
    this.held.delete(accelerator);
  }
}

function setUp(wayland = false) {
  const registrar = new Registrar();
  const presses: number[] = [];
  const refused: string[] = [];
  const hotkey = new Hotkey({
    registrar,
    wayland,
    onPress: () => presses.push(1),
    onRefused: (accelerator) => refused.push(accelerator),
  });
  return { registrar, hotkey, presses, refused };
}

describe('the hotkey', () => {
  it('reports presses', () => {
    const { registrar, hotkey, presses } = setUp();
    expect(hotkey.apply('Alt+Space')).toEqual({ kind: 'works', accelerator: 'Alt+Space' });
    registrar.held.get('Alt+Space')?.();
    expect(presses).toHaveLength(1);
  });

  it('lets go of the old combination when it changes', () => {
    const { registrar, hotkey } = setUp();
    hotkey.apply('Alt+Space');
    hotkey.apply('Alt+E');
    expect([...registrar.held.keys()]).toEqual(['Alt+E']);
    hotkey.apply(null);
    expect(registrar.held.size).toBe(0);
    expect(hotkey.state).toEqual({ kind: 'off' });
  });

  it('says when another program has the keys, and when they are no keys', () => {
    const { registrar, hotkey, refused } = setUp();
    registrar.takenByOthers.add('Alt+Space');
    expect(hotkey.apply('Alt+Space').kind).toBe('refused');
    expect(hotkey.apply('Nonsense+Nonsense').kind).toBe('refused');
    expect(hotkey.apply('Alt+E').kind).toBe('works');
    expect(refused).toEqual(['Alt+Space', 'Nonsense+Nonsense']);
  });

  it('says so when the recorder is done, not before', () => {
    const { registrar, hotkey, refused } = setUp();
    registrar.takenByOthers.add('Alt+Space');
    hotkey.pause(true);
    hotkey.apply('Alt+Space');
    expect(refused).toEqual([]);
    hotkey.pause(false);
    expect(refused).toEqual(['Alt+Space']);
    expect(hotkey.state.kind).toBe('refused');
  });

  it('does not promise anything under Wayland', () => {
    expect(setUp(true).hotkey.apply('Alt+Space').kind).toBe('uncertain');
  });

  it('is silent while a new one is recorded, and knows the new one afterwards', () => {
    const { registrar, hotkey } = setUp();
    hotkey.apply('Alt+Space');
    hotkey.pause(true);
    expect(registrar.held.size).toBe(0);
    hotkey.apply('Alt+E');
    expect(registrar.held.size).toBe(0);
    hotkey.pause(false);
    expect([...registrar.held.keys()]).toEqual(['Alt+E']);
  });

  it('leaves nothing behind', () => {
    const { registrar, hotkey } = setUp();
    hotkey.apply('Alt+Space');
    hotkey.dispose();
    expect(registrar.held.size).toBe(0);
  });
});
