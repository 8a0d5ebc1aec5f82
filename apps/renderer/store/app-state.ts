import type {
  Annotation,
  DeviceInfo,
  DoorSearchHit,
  ErrorCode,
  HostInfo,
  HostState,
  ImportInfo,
  ModelInfo,
  SessionInfo,
  Settings,
} from '#protocol';
import { EMPTY_PULSE, type Pulse } from './pulse.ts';
import { EMPTY_TIMELINE, type Timeline } from './timeline.ts';

/** How the window reaches its host. `refused`: the address is not, or no longer, good. */
export type Connection = 'connecting' | 'open' | 'lost' | 'refused';

/** Something that failed, as a person reads it. */
export interface Problem {
  readonly code: ErrorCode | 'microphone-denied' | 'microphone-missing';
  /** What the host says about it, if anything. */
  readonly message: string;
}

export type SettingsSection =
  | 'listening'
  | 'translation'
  | 'sounds'
  | 'assistant'
  | 'voice'
  | 'models'
  | 'privacy'
  | 'notifications'
  | 'appearance'
  | 'captions'
  | 'diagnostics';

/** What the centre of the window shows. */
export type Page =
  | { readonly name: 'now' }
  | { readonly name: 'session'; readonly id: number }
  | { readonly name: 'search' }
  | { readonly name: 'settings'; readonly section: SettingsSection }
  | { readonly name: 'welcome'; readonly step: 1 | 2 | 3 };

/** A place in a session to scroll to; `serial` tells two jumps to one place apart. */
export interface Jump {
  readonly seconds: number;
  readonly serial: number;
}

export type Annotations = ReadonlyMap<number, Annotation>;

/** A session as the stream shows it. */
export interface SessionView {
  readonly sessionId?: number | undefined;
  readonly timeline: Timeline;
  readonly annotations: Annotations;
}

export interface OpenedSession extends SessionView {
  readonly sessionId: number;
  readonly session?: SessionInfo;
  readonly problem?: Problem;
}

/** Kept sound that is heard again. */
export interface PlayingState {
  readonly sessionId: number;
  /** Stream time of what is heard now. */
  readonly seconds: number;
  readonly status: 'loading' | 'playing' | 'paused';
}

export interface Search {
  readonly text: string;
  readonly hits: readonly DoorSearchHit[];
  readonly status: 'idle' | 'searching' | 'done' | 'failed';
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'danger';
  /** Undoing the removal of this session is offered. */
  readonly restores?: number;
}

export interface ExportDialog {
  readonly sessionId: number;
  readonly title: string;
}

/** What a question is about: one session, else what the settings allow. */
export interface AskTarget {
  readonly session?: { readonly id: number; readonly title: string };
}

/** Everything the window shows is a function of this. */
export interface AppState {
  readonly connection: Connection;
  readonly info: HostInfo | undefined;
  readonly host: HostState;
  readonly settings: Settings | undefined;
  readonly live: SessionView;
  readonly opened: OpenedSession | undefined;
  readonly pulse: Pulse;
  /** The last loudness, 0 … 1. */
  readonly level: number;
  /** Since when nothing at all arrives from the source, milliseconds since the epoch. */
  readonly silentSinceMs: number | undefined;
  /** What the host said when the disk was full, until it goes on. */
  readonly diskFull: string | undefined;
  readonly sessions: readonly SessionInfo[];
  readonly sessionsComplete: boolean;
  readonly recoverable: readonly { readonly session: SessionInfo; readonly recoverableSeconds: number }[];
  readonly models: readonly ModelInfo[];
  readonly imports: readonly ImportInfo[];
  readonly devices: readonly DeviceInfo[] | undefined;
  readonly search: Search;
  /** Why this window could not capture sound. */
  readonly captureProblem: Problem | undefined;
  readonly page: Page;
  readonly railOpen: boolean;
  readonly jump: Jump | undefined;
  readonly playing: PlayingState | undefined;
  /** The reply that this window says aloud with a voice of its own. */
  readonly saying: number | undefined;
  readonly exporting: ExportDialog | undefined;
  readonly asking: AskTarget | undefined;
  readonly keysShown: boolean;
  readonly dropping: boolean;
  readonly toasts: readonly Toast[];
  readonly dismissedNotices: readonly string[];
}

export const EMPTY_VIEW: SessionView = { timeline: EMPTY_TIMELINE, annotations: new Map() };

export const INITIAL_STATE: AppState = {
  connection: 'connecting',
  info: undefined,
  host: { activity: 'idle', lanes: [] },
  settings: undefined,
  live: EMPTY_VIEW,
  opened: undefined,
  pulse: EMPTY_PULSE,
  level: 0,
  silentSinceMs: undefined,
  diskFull: undefined,
  sessions: [],
  sessionsComplete: false,
  recoverable: [],
  models: [],
  imports: [],
  devices: undefined,
  search: { text: '', hits: [], status: 'idle' },
  captureProblem: undefined,
  page: { name: 'now' },
  railOpen: true,
  jump: undefined,
  playing: undefined,
  saying: undefined,
  exporting: undefined,
  asking: undefined,
  keysShown: false,
  dropping: false,
  toasts: [],
  dismissedNotices: [],
};

/** Whether sound is being listened to, or is about to be. */
export function isListening(host: HostState): boolean {
  return host.activity !== 'idle' && host.activity !== 'finishing';
}

/** The reply of the running session that is said aloud now, by the host or by this window. */
export function replyAloud({ host, saying }: Pick<AppState, 'host' | 'saying'>): number | undefined {
  return host.saying ?? saying;
}
