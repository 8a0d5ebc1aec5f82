/** Replies that are spoken, can be interrupted, and are not heard as anybody's words. */
export { NearEndDetector } from './near-end.ts';
export type { Speaker, SpeakerListener } from './speaker.ts';
export { findInterruptibleSpeaker, findSystemSpeaker, SystemSpeaker } from './system-speaker.ts';
export { VoiceOut, type VoiceOutOptions } from './voice-out.ts';
export type { SystemVoice } from './voice-program.ts';
