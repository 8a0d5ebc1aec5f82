/** True when a source is newer than what was built, or something is missing. */
export function appIsStale(): boolean;
/** Builds the desktop application into `out/main`, `out/preload` and `out/renderer`. */
export function buildApp(): Promise<void>;
