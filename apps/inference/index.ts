export type * from './engine.ts';
export { EmbeddedEngine, EmbeddedSession, EMBEDDED_MODELS } from './embedded/engine.ts';
export { openOfflineTranscriber, type OfflineTranscriber } from './embedded/offline.ts';
export { Loop, type LoopOptions } from './loop/loop.ts';
export { InferenceServer } from './server.ts';
