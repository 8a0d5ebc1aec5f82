import { describe, expect, it } from 'vitest';
import type { MicrophoneAccess } from '#protocol';
import { MicrophonePermission } from './microphone-access.ts';

/** A system whose person answers its question with `answer`. */
function setUp(platform: NodeJS.Platform, initial: MicrophoneAccess, answer = true) {
  let status = initial;
  const asked: string[] = [];
  const opened: string[] = [];
  const permission = new MicrophonePermission({
    platform,
    preferences: {
      getMediaAccessStatus: () => status,
      askForMediaAccess: (kind) => {
        asked.push(kind);
        status = answer ? 'granted' : 'denied';
        return Promise.resolve(answer);
      },
    },
    openExternal: (address) => {
      opened.push(address);
      return Promise.resolve();
    },
  });
  return { permission, asked, opened };
}

describe('permission for the microphone', () => {
  it('is asked for once on macOS', async () => {
    const { permission, asked } = setUp('darwin', 'not-determined');
    expect(await permission.request()).toBe('granted');
    expect(await permission.request()).toBe('granted');
    expect(asked).toEqual(['microphone']);
  });

  it('is not asked for again when it was denied', async () => {
    const { permission, asked } = setUp('darwin', 'denied');
    expect(await permission.request()).toBe('denied');
    expect(asked).toEqual([]);
  });

  it('reports a refusal', async () => {
    expect(await setUp('darwin', 'not-determined', false).permission.request()).toBe('denied');
  });

  it('knows the way to the system settings', async () => {
    const mac = setUp('darwin', 'denied');
    expect(await mac.permission.openSystemSettings()).toBe(true);
    expect(mac.opened[0]).toContain('Privacy_Microphone');
    const windows = setUp('win32', 'denied');
    await windows.permission.openSystemSettings();
    expect(windows.opened).toEqual(['ms-settings:privacy-microphone']);
    expect(await setUp('linux', 'unknown').permission.openSystemSettings()).toBe(false);
  });

  it('does not exist on Linux', () => {
    expect(setUp('linux', 'unknown').permission.access()).toBe('granted');
  });
});
