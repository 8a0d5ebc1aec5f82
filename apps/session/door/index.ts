export { obeyControl } from './control.ts';
export { createSessionHost, SessionHost, type SessionHostOptions } from './session-host.ts';
export type { ImportOptions } from './imports.ts';
export type { Caller, LiveSources } from './methods.ts';
