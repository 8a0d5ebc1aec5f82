import {
  LANES,
  chunkEndSeconds,
  hostInfoSchema,
  settingsSchema,
  type DoorPush,
  type EarshotEvent,
  type EventOf,
  type HostInfo,
  type HostState,
  type Lane,
  type ModelInfo,
  type SessionInfo,
} from '#protocol';
import type { Answers } from '../door/scripted-door.ts';
import { PULSE_CELLS } from '../store/pulse.ts';
import { SCENE_NOW_MS } from './scene.ts';

export const LIVE_ID = 41;
export const LIVE_STARTED_MS = SCENE_NOW_MS - 68_000;

type Part<Type extends EarshotEvent['type']> = Partial<Omit<EventOf<Type>, 'type'>>;

export function line(
  id: number,
  start: number,
  end: number,
  text: string,
  more: Part<'transcript'> = {},
): EventOf<'transcript'> {
  return { type: 'transcript', id, start, end, text, final: true, language: 'en', latencyMs: 180, ...more };
}
export function translated(id: number, text: string, language = 'es', final = true): EventOf<'translation'> {
  return { type: 'translation', id, of: id, text, language, final, latencyMs: 240 };
}
export function sound(
  id: number,
  start: number,
  end: number,
  label: string,
  more: Part<'sound'> = {},
): EventOf<'sound'> {
  return { type: 'sound', id, start, end, label, confidence: 0.93, final: true, latencyMs: 60, ...more };
}
export function reply(id: number, t: number, text: string, more: Part<'reply'> = {}): EventOf<'reply'> {
  return { type: 'reply', id, t, text, final: true, trigger: { kind: 'timer' }, latencyMs: 210, ...more };
}
export function trouble(code: EventOf<'error'>['code'], message = ''): EventOf<'error'> {
  return { type: 'error', code, message, retryable: true };
}
export function said(events: readonly EarshotEvent[], sessionId = LIVE_ID): DoorPush[] {
  return events.map((event) => ({ kind: 'event', sessionId, event }));
}
export function loud(peak: number): DoorPush {
  return { kind: 'level', peak, rms: peak / 3 };
}

/** Which chunk, for which lane, is a response; anything else is silence. */
export type Responds = (lane: Lane, chunk: number) => string | undefined;

/** The last minute of decisions up to a stream time, with a loudness that follows speech. */
export function heartbeat(endSeconds: number, responds: Responds, sessionId = LIVE_ID): DoorPush[] {
  const last = Math.floor(endSeconds / 0.4) - 1;
  const first = Math.max(0, last - PULSE_CELLS + 1);
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset).flatMap((chunk) => [
    ...LANES.map((lane): DoorPush => {
      const reason = responds(lane, chunk);
      const decision = reason === undefined ? 'silent' : 'respond';
      const event = { type: 'decision', chunk, t: chunkEndSeconds(chunk), lane, decision } as const;
      return { kind: 'event', sessionId, event: { ...event, ...(reason === undefined ? {} : { reason }) } };
    }),
    loud(Math.abs(Math.sin(chunk * 1.7) * Math.sin(chunk * 0.31)) * 0.22 + 0.004),
  ]);
}

/** A minute in which somebody speaks with pauses, a sound comes now and then, and one reply is given. */
export const usualResponds: Responds = (lane, chunk) => {
  const inSpeech = chunk % 17 > 4;
  if (lane === 'transcribe') return inSpeech ? 'speech' : undefined;
  if (lane === 'translate') return chunk % 17 === 3 ? 'line finished' : undefined;
  if (lane === 'sounds') return chunk % 41 === 11 || chunk % 41 === 12 ? 'dog_bark 0.93' : undefined;
  return chunk % 97 > 92 ? 'answers a question' : undefined;
};

export function hostInfo(
  more: Partial<Omit<HostInfo, 'abilities'>> = {},
  abilities: Partial<HostInfo['abilities']> = {},
): HostInfo {
  return hostInfoSchema.parse({
    version: '0.1.0',
    platform: 'linux',
    kind: 'desktop',
    notices: [],
    ...more,
    abilities: {
      nativeMicrophone: true,
      systemAudio: true,
      hotkey: true,
      startAtLogin: true,
      captionsWindow: true,
      updates: true,
      control: true,
      ...abilities,
    },
  });
}

export const LISTENING: HostState = {
  activity: 'listening',
  sessionId: LIVE_ID,
  sourceLabel: 'Built-in microphone',
  startedAtMs: LIVE_STARTED_MS,
  lanes: [...LANES],
};
export const IDLE: HostState = { activity: 'idle', lanes: [...LANES] };

export function session(
  id: number,
  title: string,
  agoHours: number,
  minutes: number,
  more: Partial<SessionInfo> = {},
): SessionInfo {
  const startedAtMs = SCENE_NOW_MS - agoHours * 3_600_000;
  return {
    id,
    title,
    source: 'Built-in microphone',
    live: true,
    engine: 'embedded',
    lanes: [...LANES],
    startedAtMs,
    endedAtMs: startedAtMs + minutes * 60_000,
    durationSeconds: minutes * 60,
    state: 'complete',
    counts: { transcripts: minutes * 7, sounds: minutes, replies: 2 },
    ...more,
  };
}

export const SESSIONS: readonly SessionInfo[] = [
  session(40, 'Breakfast radio', 3.4, 42),
  session(39, 'Call with the landlord', 5.1, 18),
  session(37, 'Reading aloud', 23.5, 64),
  session(36, 'Kitchen', 26, 7, { state: 'interrupted' }),
  session(35, 'Lecture: the hearing of birds', 51, 93),
  session(33, 'rainy-evening.flac', 54, 1, { live: false, source: 'rainy-evening.flac' }),
];

export function model(name: string, title: string, more: Partial<ModelInfo> = {}): ModelInfo {
  return {
    name,
    title,
    engine: 'embedded',
    version: '1.0.0',
    license: 'MIT',
    state: 'installed',
    bytesOnDisk: 28_400_000,
    bytesTotal: 28_400_000,
    memoryBytes: 96_000_000,
    ...more,
  };
}

export const MODELS: readonly ModelInfo[] = [
  model('moonshine-tiny-en', 'Moonshine tiny, English'),
  model('silero-vad', 'Silero voice activity', { bytesOnDisk: 2_300_000, bytesTotal: 2_300_000 }),
  model('earshot-translate-en-es', 'English to Spanish', {
    license: 'Apache-2.0',
    bytesOnDisk: 9_600_000,
    bytesTotal: 9_600_000,
    removable: false,
  }),
];

/** What a host in good health answers. */
export const WELL: Answers = {
  'host.info': hostInfo(),
  'host.state': LISTENING,
  'host.diagnostics': {
    text: [
      'Earshot 0.1.0 on Linux 6.1 x64',
      'Engine: embedded, 4 lanes, real-time factor 0.11',
      'Microphones: Built-in microphone (default), USB headset',
      'Models: moonshine-tiny-en 1.0.0 installed, silero-vad 5.1.0 installed',
      'Data folder: 412 MB used, 38 GB free',
    ].join('\n'),
  },
  'settings.get': settingsSchema.parse({ welcomed: true }),
  'settings.set': ({ settings }) => settingsSchema.parse(settings),
  'sessions.list': ({ offset }) => (offset === 0 ? [...SESSIONS] : []),
  'sessions.get': () => ({ session: session(LIVE_ID, 'Now', 0, 1), entries: [], annotations: [] }),
  'sessions.search': [],
  'sessions.recoverable': [],
  'sessions.annotate': ({ annotation }) => annotation as never,
  'sessions.rename': ({ id, title }) => session(id, title, 3.4, 42),
  'sessions.remove': {},
  'sessions.restore': ({ id }) => session(id, 'Kitchen', 26, 7),
  'devices.list': [
    { id: '1', name: 'Built-in microphone', isDefault: true },
    { id: '2', name: 'USB headset', isDefault: false },
  ],
  'devices.meter': {},
  'voice.describe': {
    program: 'espeak-ng',
    voices: [
      { name: 'en-us', title: 'English (America)', language: 'en-us' },
      { name: 'es', title: 'Spanish (Spain)', language: 'es' },
    ],
  },
  'voice.try': {},
  'models.list': [...MODELS],
  'imports.list': [],
  'listen.stop': IDLE,
  'listen.start': LISTENING,
};
