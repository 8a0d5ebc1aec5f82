import { describe, expect, it } from 'vitest';
import { parseDesktopArguments } from './command-line.ts';

describe('arguments of the desktop application', () => {
  it('are understood', () => {
    expect(parseDesktopArguments(['/opt/earshot', '--hidden', '--data', '/a b'])).toEqual({
      dataDir: '/a b',
      hidden: true,
      toggle: false,
    });
    expect(parseDesktopArguments(['electron', '.', '--data=/c', '--toggle'])).toMatchObject({
      dataDir: '/c',
      toggle: true,
    });
  });

  it('know the command of the command line', () => {
    expect(parseDesktopArguments(['/usr/bin/earshot', 'toggle']).toggle).toBe(true);
  });

  it('are passed over when they make no sense', () => {
    expect(parseDesktopArguments(['electron', '.', '--data']).dataDir).toBeUndefined();
    expect(parseDesktopArguments(['electron', '.', '--data', '--hidden']).dataDir).toBeUndefined();
    expect(parseDesktopArguments(['electron', '--inspect=0', 'file.wav'])).toEqual({
      dataDir: undefined,
      hidden: false,
      toggle: false,
    });
  });
});
