import type { TextKey } from '../text/catalogue.ts';

/** Where a system keeps its own switch for the microphone, as a sentence. */
export function permissionPath(platform: string): TextKey {
  switch (platform) {
    case 'darwin':
      return 'permission.darwin';
    case 'win32':
      return 'permission.win32';
    case 'linux':
      return 'permission.linux';
    default:
      return 'permission.browser';
  }
}
