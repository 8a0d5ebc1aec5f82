import { EarshotError, settingsSchema, type DoorSearchHit } from '#protocol';
import {
  IDLE,
  LISTENING,
  MODELS,
  SESSIONS,
  heartbeat,
  hostInfo,
  line,
  loud,
  model,
  said,
  session,
  translated,
  usualResponds,
} from './builders.ts';
import { KITCHEN, SPEAKING, TWO_LANGUAGES } from './live-scenes.ts';
import type { Scene } from './scene.ts';
import { ASK_SCENES } from './ask-scenes.ts';
import { threeHours } from './three-hours.ts';

const usual = [...heartbeat(67, usualResponds), ...said(KITCHEN), loud(0.1)];
const firstSession = SESSIONS[0] ?? session(40, 'Breakfast radio', 3, 42);
const HIT_TEXTS = [
  'The rain has washed the road out near the bridge, so take the long way round.',
  'If it does not rain by Sunday we will have to water the beans.',
  'rain',
  'He said the rain in the north was the heaviest in thirty years.',
  'Take the big umbrella, it has just begun to rain.',
];
const manyHits: DoorSearchHit[] = Array.from({ length: 128 }, (_, index) => {
  const text = HIT_TEXTS[index % HIT_TEXTS.length] ?? '';
  const found = SESSIONS[Math.floor(index / 26) % SESSIONS.length] ?? firstSession;
  const start = text.indexOf('rain');
  return {
    sessionId: found.id,
    sessionTitle: found.title,
    startedAtMs: found.startedAtMs,
    entryType: text === 'rain' ? 'sound' : 'transcript',
    entryId: index,
    startSeconds: 40 + index * 17.3,
    text,
    highlights: [{ start, end: start + 4 }],
  };
});

const openedAnswers = {
  'sessions.get': () => ({
    session: firstSession,
    entries: [
      ...KITCHEN,
      ...TWO_LANGUAGES.flatMap((event) =>
        event.type === 'transcript'
          ? [{ ...event, id: event.id + 50, start: event.start + 60, end: event.end + 60, final: true }]
          : [],
      ),
    ],
    annotations: [
      { transcriptId: 2, starred: true, note: 'Ask for the timetable.' },
      { transcriptId: 4, starred: false, editedText: 'Take the large umbrella, it has just begun to rain.' },
    ],
  }),
};

/** Half a minute of kept sound, as silence. */
const keptSound: NonNullable<Scene['answers']>['sessions.sound'] = ({ startSeconds, seconds }) => ({
  startSeconds,
  endSeconds: startSeconds + seconds,
  pcm16: btoa('\0\0'.repeat(16_000)),
});

/** Pages other than the live one. */
export const PAGE_SCENES = {
  playing: {
    answers: { ...openedAnswers, 'sessions.sound': keptSound },
    pushes: usual,
    act: async ({ library, playing }) => {
      await library.open(firstSession.id);
      playing.playFrom(firstSession.id, 18.1);
      await new Promise((resolve) => setTimeout(resolve, 500));
    },
  },
  'playing-held': {
    answers: {
      ...openedAnswers,
      'sessions.sound': keptSound,
      'host.state': { ...LISTENING, held: true },
    },
    pushes: usual,
    act: async ({ library, playing }) => {
      await library.open(firstSession.id);
      playing.playFrom(firstSession.id, 18.1);
      await new Promise((resolve) => setTimeout(resolve, 500));
    },
  },
  'sound-not-kept': {
    answers: {
      ...openedAnswers,
      'sessions.sound': () =>
        Promise.reject(new EarshotError('not-found', 'The sound of this session was not kept.')),
    },
    pushes: usual,
    act: async ({ library, playing }) => {
      await library.open(firstSession.id);
      playing.playFrom(firstSession.id, 18.1);
    },
  },
  'first-run': { answers: { 'settings.get': settingsSchema.parse({}), 'host.state': IDLE } },
  'first-run-model': {
    answers: {
      'settings.get': settingsSchema.parse({}),
      'host.state': IDLE,
      'models.list': [
        model('moonshine-tiny-en', 'Moonshine tiny, English', {
          state: 'installing',
          bytesOnDisk: 0,
          progress: { doneBytes: 12_212_000, totalBytes: 28_400_000, phase: 'download' },
        }),
        ...MODELS.slice(1),
      ],
    },
    act: ({ show }) => show.go({ name: 'welcome', step: 2 }),
  },
  'first-run-heard': {
    answers: { 'settings.get': settingsSchema.parse({}) },
    pushes: [
      ...heartbeat(9, usualResponds),
      ...said([
        line(1, 2, 5, 'The kettle is on, and someone is at the door.'),
        line(2, 6, 8, 'It really writes', { final: false, stable: 9 }),
      ]),
      loud(0.2),
    ],
    act: ({ show }) => show.go({ name: 'welcome', step: 3 }),
  },
  session: {
    answers: openedAnswers,
    act: ({ library }) => library.open(firstSession.id),
  },
  'session-jump': {
    answers: openedAnswers,
    act: ({ library }) => library.open(firstSession.id, 26.5),
  },
  'three-hours': {
    answers: {
      'sessions.get': () => ({ session: session(41, 'Now', 3, 180), entries: threeHours(), annotations: [] }),
    },
    pushes: heartbeat(10_800, usualResponds),
  },
  'search-empty': {
    act: ({ library }) => library.search('zeppelin'),
  },
  'search-many': {
    answers: { 'sessions.search': manyHits },
    act: ({ library }) => library.search('rain'),
  },
  export: {
    answers: openedAnswers,
    state: { exporting: { sessionId: firstSession.id, title: firstSession.title } },
    pushes: usual,
  },
  'export-report': {
    answers: {
      ...openedAnswers,
      'settings.get': settingsSchema.parse({ welcomed: true, llm: { address: 'http://127.0.0.1:11434/v1' } }),
    },
    state: { exporting: { sessionId: firstSession.id, title: firstSession.title } },
    clicks: [{ role: 'radio', name: 'Report Decisions and action items of a meeting' }],
  },
  'export-running': {
    answers: { 'sessions.export': () => new Promise<never>(() => undefined) },
    state: { exporting: { sessionId: firstSession.id, title: firstSession.title } },
    clicks: [{ role: 'button', name: 'Save' }],
  },
  'export-done': {
    answers: {
      'sessions.export': {
        fileName: 'Breakfast radio.txt',
        mediaType: 'text/plain',
        text: 'x'.repeat(48_213),
      },
    },
    state: { exporting: { sessionId: firstSession.id, title: firstSession.title } },
    clicks: [{ role: 'button', name: 'Save' }],
  },
  ...ASK_SCENES,
  keys: { pushes: usual, state: { keysShown: true } },
  removed: { pushes: usual, act: ({ library }) => library.remove(36, 'Kitchen') },
  'line-menu': { pushes: usual, rightClick: '.moment[data-index="3"]' },
  'source-menu': {
    pushes: usual,
    clicks: [{ role: 'button', name: 'Source: Built-in microphone. Choose another' }],
  },
  'source-menu-linux': {
    answers: { 'host.info': hostInfo({}, { systemAudio: false }) },
    pushes: usual,
    clicks: [{ role: 'button', name: 'Source: Built-in microphone. Choose another' }],
  },
  'session-menu': {
    answers: openedAnswers,
    act: ({ library }) => library.open(firstSession.id),
    clicks: [{ role: 'button', name: 'More for this session' }],
  },
  rail: { pushes: usual, state: { railOpen: true }, act: ({ show }) => show.toggleRail(true) },
  'captions-ink': { page: 'captions', pushes: [...heartbeat(67, usualResponds), ...said(SPEAKING)] },
  'captions-yellow': {
    page: 'captions',
    answers: {
      'settings.get': settingsSchema.parse({ welcomed: true, captions: { contrast: 'yellow-on-black' } }),
    },
    pushes: [...heartbeat(50, usualResponds), ...said(KITCHEN)],
  },
  'captions-paper': {
    page: 'captions',
    answers: { 'settings.get': settingsSchema.parse({ welcomed: true, captions: { contrast: 'paper' } }) },
    pushes: [
      ...heartbeat(28, usualResponds),
      ...said([...TWO_LANGUAGES, translated(5, 'Thank you very much. And do you know', 'en', false)]),
    ],
  },
  'captions-idle': { page: 'captions', answers: { 'host.state': IDLE } },
} satisfies Record<string, Scene>;
