import { EarshotError, settingsSchema, type DoorAnswer } from '#protocol';
import { SESSIONS, heartbeat, loud, said, session, usualResponds } from './builders.ts';
import { KITCHEN } from './live-scenes.ts';
import type { Scene } from './scene.ts';

const usual = [...heartbeat(67, usualResponds), ...said(KITCHEN), loud(0.1)];
const about = SESSIONS[0] ?? session(40, 'Breakfast radio', 3, 42);

const ANSWER: DoorAnswer = {
  text: 'The doorbell rang twice: at 0:42 and at 12:05. After the second time somebody said that it would be the parcel.',
  session: { id: about.id, title: about.title },
  sources: [
    { kind: 'sound', startSeconds: 42.2, text: 'doorbell' },
    { kind: 'sound', startSeconds: 725, text: 'doorbell' },
    { kind: 'transcript', startSeconds: 728.4, text: 'That will be the parcel. Could you get it?' },
  ].map(
    (source) =>
      ({ ...source, sessionId: about.id, sessionTitle: about.title }) as DoorAnswer['sources'][number],
  ),
};
const EXAMPLE = [{ role: 'button', name: 'When did the doorbell ring?' }] as const;

/** Asking what was heard. */
export const ASK_SCENES = {
  ask: { pushes: usual, state: { asking: {} } },
  'ask-es': { pushes: usual, state: { asking: {} }, locale: 'es-ES' },
  'ask-zh': { pushes: usual, state: { asking: {} }, locale: 'zh-CN' },
  'ask-waiting': {
    pushes: usual,
    answers: { 'sessions.ask': () => new Promise<never>(() => undefined) },
    state: { asking: { session: { id: about.id, title: about.title } } },
    clicks: EXAMPLE,
  },
  'ask-answered': {
    pushes: usual,
    answers: { 'sessions.ask': ANSWER },
    state: { asking: { session: { id: about.id, title: about.title } } },
    clicks: EXAMPLE,
  },
  'ask-everywhere': {
    pushes: usual,
    answers: {
      'settings.get': settingsSchema.parse({ welcomed: true, assistant: { acrossSessions: true } }),
      'sessions.ask': { text: ANSWER.text, sources: ANSWER.sources },
    },
    state: { asking: {} },
    clicks: EXAMPLE,
  },
  'ask-failed': {
    pushes: usual,
    answers: {
      'sessions.ask': () =>
        Promise.reject(
          new EarshotError(
            'bad-usage',
            'That is an instruction for a session that is going on. Ask about what was heard.',
          ),
        ),
    },
    state: { asking: {} },
    clicks: EXAMPLE,
  },
} satisfies Record<string, Scene>;
