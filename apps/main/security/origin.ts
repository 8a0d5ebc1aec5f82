import { DESKTOP_ORIGIN } from '#protocol';

/** Scheme and host of an address; `URL.origin` is "null" for schemes of one's own. */
export function originOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
}

/** True for an address below our own origin, and for nothing else. */
export function isOurs(address: string | undefined): boolean {
  return address !== undefined && originOf(address) === DESKTOP_ORIGIN;
}

/** The part of Electron's `WebFrameMain` that says who speaks. */
export interface SpeakingFrame {
  readonly url: string;
  readonly parent: object | null;
}

/** Only the top frame of one of our own pages may speak; a frame that is gone (null) may not. */
export function isTrustedFrame(frame: SpeakingFrame | null): boolean {
  return frame !== null && frame.parent === null && isOurs(frame.url);
}
