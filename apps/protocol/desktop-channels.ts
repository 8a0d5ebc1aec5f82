/**
 * The one list of channels between a window and the desktop's main process. The preload bridge, the handlers and
 * the test that compares them all read it here; nothing else names a channel. Without zod, because the sandboxed
 * preload carries it.
 */
export const DESKTOP_CHANNELS = {
  /** Window asks, main answers: a `doorRequest`, answered by a `doorResponse`. */
  ask: 'earshot:ask',
  /** Window asks for something only a desktop has: a `desktopRequest`, answered by a `doorResponse`. */
  desktop: 'earshot:desktop',
  /** Window sends captured sound: mono float32 samples. */
  audio: 'earshot:audio',
  /** Main says something unasked: a `doorPush`. */
  push: 'earshot:push',
} as const;
export type DesktopChannel = (typeof DESKTOP_CHANNELS)[keyof typeof DESKTOP_CHANNELS];

/** Where the windows are served from under Electron; no other origin may speak to the main process. */
export const DESKTOP_ORIGIN = 'app://earshot';
