import { DESKTOP_ORIGIN } from '#protocol';

/**
 * Chromium does not know our scheme, so a page lives at this address instead. It never resolves: every request is
 * answered by the handler that the main process registered for its scheme.
 */
export const PAGE_ORIGIN = 'https://earshot.invalid';

/** The address as Chromium knows it. */
export function toPageAddress(address: string): string {
  return address.startsWith(`${DESKTOP_ORIGIN}/`)
    ? PAGE_ORIGIN + address.slice(DESKTOP_ORIGIN.length)
    : address;
}

/** The address as the application knows it. */
export function toAppAddress(address: string): string {
  return address.startsWith(`${PAGE_ORIGIN}/`) ? DESKTOP_ORIGIN + address.slice(PAGE_ORIGIN.length) : address;
}
