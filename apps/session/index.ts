/** The application without a screen: what every door (command line, desktop, web) is built on. */
export {
  Application,
  openApplication,
  type ApplicationOptions,
  type ListenOptions,
  type RunOptions,
} from './controller/application.ts';
export { ListenRun } from './controller/listen-run.ts';
export type { ListenSummary } from './controller/prepared-run.ts';
export {
  createSessionHost,
  obeyControl,
  SessionHost,
  type Caller,
  type ImportOptions,
  type LiveSources,
  type SessionHostOptions,
} from './door/index.ts';
export {
  askRunningHost,
  controlSocketPath,
  describeState,
  listenForControl,
  type ControlRequest,
  type ControlServer,
} from './control/index.ts';
export {
  INFERENCE_NODE_OPTIONS,
  inferenceEnvironment,
  type InferenceHost,
  type InferenceProcess,
} from './engine-host/host.ts';
export { NodeInferenceHost } from './engine-host/node-host.ts';

export {
  DATA_FOLDER_VARIABLE,
  locateDataFolder,
  openDataFolder,
  type DataFolder,
  type DataFolderOptions,
} from './data-folder.ts';
export { loadSettings, saveSettings } from './settings.ts';

export { RESTORE_DAYS, TimelineStore, type TimelineOptions } from './timeline/store.ts';
export {
  formatDateTime,
  type NewSession,
  type SessionEnd,
  type SessionRecord,
  type SessionState,
  type SessionSummary,
  type SettledPosition,
} from './timeline/record.ts';
export {
  entryWords,
  soundLabelText,
  type EntryType,
  type SearchableEntry,
  type TimelineEntry,
} from './timeline/entry.ts';
export type { HighlightRange, SearchHit, SearchOptions, Snippet } from './timeline/search.ts';
export { findRecoverable, journalName, removeStaleJournals, type RecoverableSession } from './recovery.ts';

export {
  EXPORT_FORMATS,
  exportFormatSchema,
  exportSession,
  writeExport,
  type ExportFormat,
} from './export/export.ts';
export { sessionExportSchema, type SessionExport } from './export/json.ts';

export * from './llm/index.ts';
export * from './meeting/index.ts';
export * from './voice/index.ts';
export {
  askTimeline,
  type AnswerSource,
  type AskTimelineOptions,
  type MemoryAnswer,
} from './assistant/index.ts';

export { formatMegabytes, installedBytes, MODEL_CATALOGUE, modelsForEngine } from './models/catalogue.ts';
export type { InstallProgress } from './models/install.ts';
export {
  ModelStore,
  type InstallOptions,
  type ModelState,
  type ModelStatus,
  type ModelStoreOptions,
  type ModelVerification,
} from './models/model-store.ts';
export { downloadCheckpoint, type CheckpointDownloadOptions } from './unified/download.ts';
export { fastestOf, measureProviders, type ProviderQuestion } from './unified/providers.ts';
export { convertModel, type ConversionOptions, type ConversionProgress } from './unified/convert.ts';
export { openNpmRegistry } from './models/npm-registry.ts';
export type { PackageRegistry } from './models/registry.ts';

export {
  listDevices,
  openFileSource,
  openMicrophone,
  openPcmSource,
  PushSource,
  systemClock,
  type AudioSource,
  type CaptureBackend,
  type CaptureOptions,
  type Clock,
  type FileSourceOptions,
  type InputDevice,
  type MicrophoneOptions,
  type PcmEncoding,
  type PcmFormat,
  type PcmSourceOptions,
  type PushSourceOptions,
  type SourceStatus,
} from '#audio';

export {
  ProactivePolicy,
  defaultSoundAction,
  type ProactiveMoment,
  type ProactiveOptions,
  type ProactiveReply,
} from './proactive/index.ts';
export { CONVERTED_MODEL, resolveConverted } from './models/converted.ts';

export {
  installHubPackage,
  isHubPackage,
  LlmTranslation,
  TRANSLATION_PATIENCE,
  type HubInstallOptions,
  type LlmTranslationOptions,
  type TranslationPatience,
} from './translation/index.ts';
