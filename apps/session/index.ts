/**
 * The application without a screen: what every door (command line, desktop, web) is built on.
 *
 * The bodies that throw are being filled in; the names and shapes are the ones to code against.
 */
import type { EarshotEvent, EngineName, EventOf, Lane, ModelManifest, Settings } from '#protocol';

const pending = (): never => {
  throw new Error('not written yet');
};

// --- data folder and settings -------------------------------------------------------------------

/** Where everything that Earshot keeps lies. */
export interface DataFolder {
  readonly path: string;
  readonly timelinePath: string;
  readonly modelsPath: string;
  readonly journalPath: string;
  readonly settingsPath: string;
}

/** The folder by flag, `EARSHOT_DATA_DIR` or the system's custom; created and proven writable. */
export function openDataFolder(_options: { path?: string | undefined } = {}): Promise<DataFolder> {
  return pending();
}

/** The path alone, without touching the disk (for `doctor` and messages). */
export function locateDataFolder(_options: { path?: string | undefined } = {}): DataFolder {
  return pending();
}

export function loadSettings(_path: string): Promise<Settings> {
  return pending();
}
export function saveSettings(_path: string, _settings: Settings): Promise<void> {
  return pending();
}

// --- timeline -----------------------------------------------------------------------------------

/** `open`: being written; `complete`: ended well; `interrupted`: its process died or was stopped by an error. */
export type SessionState = 'open' | 'complete' | 'interrupted';

export interface SessionRecord {
  readonly id: number;
  readonly title: string;
  readonly source: string;
  readonly live: boolean;
  readonly engine: EngineName;
  readonly lanes: readonly Lane[];
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly state: SessionState;
}

export interface SessionSummary extends SessionRecord {
  readonly counts: { readonly transcripts: number; readonly sounds: number; readonly replies: number };
}

export interface NewSession {
  title?: string;
  source: string;
  live: boolean;
  engine: EngineName;
  lanes: readonly Lane[];
  startedAtMs: number;
}

/** An event that the timeline keeps. */
export type TimelineEntry = EventOf<'transcript' | 'translation' | 'sound' | 'reply' | 'error' | 'decision'>;

/** Half-open range of UTF-16 positions in a hit's `text`. */
export interface HighlightRange {
  readonly start: number;
  readonly end: number;
}

export interface SearchHit {
  readonly session: SessionRecord;
  readonly entry: EventOf<'transcript' | 'translation' | 'sound' | 'reply'>;
  readonly startSeconds: number;
  /** The text around the match, cut to about 160 characters, and where the match lies in it. */
  readonly snippet: { readonly text: string; readonly highlights: readonly HighlightRange[] };
}

/** How far a session got, for going on after a crash. */
export interface SettledPosition {
  readonly settledSeconds: number;
  readonly nextTranscriptId: number;
  readonly nextTranslationId: number;
  readonly nextSoundId: number;
  readonly nextReplyId: number;
}

export class TimelineStore {
  static open(_path: string): TimelineStore {
    return pending();
  }
  createSession(_session: NewSession): SessionRecord {
    return pending();
  }
  /** Keeps final events; true when the event was new. */
  append(_sessionId: number, _event: EarshotEvent): boolean {
    return pending();
  }
  endSession(
    _id: number,
    _end: { state: 'complete' | 'interrupted'; durationSeconds: number; endedAtMs: number },
  ): void {
    pending();
  }
  /** Takes an unfinished session over, to go on writing it. */
  adoptSession(_id: number): SessionRecord {
    return pending();
  }
  unfinished(): SessionRecord[] {
    return pending();
  }
  list(_page: { limit?: number; offset?: number } = {}): SessionSummary[] {
    return pending();
  }
  /** Throws `not-found`. */
  get(_id: number): SessionSummary {
    return pending();
  }
  entries(_id: number): TimelineEntry[] {
    return pending();
  }
  rename(_id: number, _title: string): SessionRecord {
    return pending();
  }
  remove(_id: number): void {
    pending();
  }
  restore(_id: number): SessionRecord {
    return pending();
  }
  purge(): number {
    return pending();
  }
  search(_text: string, _options: { limit?: number; sessionId?: number } = {}): SearchHit[] {
    return pending();
  }
  lastSettled(_sessionId: number): SettledPosition {
    return pending();
  }
  close(): void {
    pending();
  }
}

export interface RecoverableSession {
  readonly session: SessionRecord;
  readonly settledSeconds: number;
  readonly recoverableSeconds: number;
}
export function findRecoverable(
  _timeline: TimelineStore,
  _journalFolder: string,
): Promise<RecoverableSession[]> {
  return pending();
}

// --- exports ------------------------------------------------------------------------------------

export const EXPORT_FORMATS = ['txt', 'md', 'srt', 'vtt', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export function exportSession(
  _session: SessionRecord,
  _entries: readonly TimelineEntry[],
  _format: ExportFormat,
): string {
  return pending();
}
/** Writes a file whole or not at all; refuses to overwrite without `force`. */
export function writeExport(_path: string, _text: string, _options: { force?: boolean } = {}): Promise<void> {
  return pending();
}

// --- models -------------------------------------------------------------------------------------

export type ModelState = 'installed' | 'missing' | 'corrupt' | 'partial';

export interface ModelStatus {
  readonly name: string;
  readonly manifest: ModelManifest;
  readonly state: ModelState;
  /** Bytes on disk now. */
  readonly bytes: number;
  readonly folder: string;
}

export interface InstallProgress {
  readonly name: string;
  readonly phase: 'waiting' | 'resolving' | 'downloading' | 'verifying' | 'unpacking';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface InstallOptions {
  onProgress?: (progress: InstallProgress) => void;
  signal?: AbortSignal;
}

export interface ModelVerification {
  readonly name: string;
  readonly state: ModelState;
  /** One line for each file that is missing or differs. */
  readonly problems: readonly string[];
}

export class ModelStore {
  readonly folder: string;
  constructor(options: { folder: string }) {
    this.folder = options.folder;
  }
  list(): Promise<ModelStatus[]> {
    return pending();
  }
  install(_name: string, _options: InstallOptions = {}): Promise<string> {
    return pending();
  }
  verify(_name: string): Promise<ModelVerification> {
    return pending();
  }
  /** True when something was there to remove. */
  remove(_name: string): Promise<boolean> {
    return pending();
  }
  /** The folder of a package whose every file was checked. Throws `model-missing`, `model-corrupt`. */
  resolve(_name: string): Promise<string> {
    return pending();
  }
  /** Installs what is missing; verified folders by name, as the `open` command wants them. */
  ensure(_names: readonly string[], _options: InstallOptions = {}): Promise<Record<string, string>> {
    return pending();
  }
}

/** Names of the packages that an engine needs. */
export function modelsForEngine(_engine: EngineName): string[] {
  return pending();
}
