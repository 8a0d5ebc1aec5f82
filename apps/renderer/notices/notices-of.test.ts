import { describe, expect, it } from 'vitest';
import { settingsSchema } from '#protocol';
import { IDLE, LISTENING, MODELS, hostInfo, model, session } from '../scenes/builders.ts';
import { INITIAL_STATE, type AppState } from '../store/app-state.ts';
import { CATALOGUES } from '../text/catalogue.ts';
import { textOf } from '../text/text-context.tsx';
import { noticesOf } from './notices-of.ts';
import { noticeWords } from './notices.tsx';

const WELL: AppState = {
  ...INITIAL_STATE,
  connection: 'open',
  models: MODELS,
  settings: settingsSchema.parse({}),
  host: LISTENING,
};
const keysOf = (state: Partial<AppState>, nowMs = 0) =>
  noticesOf({ ...WELL, ...state }, nowMs).map(({ key }) => key);

describe('notices', () => {
  it('are none when all is well', () => expect(keysOf({})).toEqual([]));

  it('name a model that the chosen engine misses, and no other', () => {
    const missing = model('a', 'A', { state: 'missing' });
    expect(keysOf({ host: IDLE, models: [missing] })).toEqual(['models-missing']);
    expect(keysOf({ host: IDLE, models: [{ ...missing, engine: 'audio-interaction' }] })).toEqual([]);
  });

  it('say after some seconds that nothing arrives, and not at once', () => {
    expect(keysOf({ silentSinceMs: 1000 }, 2000)).toEqual([]);
    expect(keysOf({ silentSinceMs: 1000 }, 5000)).toEqual(['muted-1000']);
    expect(keysOf({ silentSinceMs: 1000, host: IDLE }, 5000)).toEqual([]);
  });

  it('put the gravest first and leave out what was dismissed', () => {
    const state: Partial<AppState> = {
      connection: 'lost',
      diskFull: 'No space left.',
      info: hostInfo({ notices: ['An update is ready.'] }),
    };
    expect(keysOf(state)).toEqual(['lost', 'disk-full', 'host-An update is ready.']);
    expect(keysOf({ ...state, dismissedNotices: ['disk-full'] })).toEqual([
      'lost',
      'host-An update is ready.',
    ]);
  });

  it('have words in every language, with the system’s own path where permission is denied', () => {
    const states: Partial<AppState>[] = [
      { connection: 'refused' },
      { host: { ...LISTENING, activity: 'restarting' } },
      { host: { ...LISTENING, activity: 'source-lost' } },
      {
        host: {
          ...IDLE,
          problem: { code: 'device-unavailable', message: 'No microphone.', retryable: true },
        },
      },
      { host: IDLE, captureProblem: { code: 'microphone-denied', message: '' } },
      { host: IDLE, recoverable: [{ session: session(1, 'Kitchen', 1, 1), recoverableSeconds: 90 }] },
    ];
    for (const language of Object.keys(CATALOGUES) as (keyof typeof CATALOGUES)[]) {
      for (const state of states) {
        for (const notice of noticesOf({ ...WELL, ...state }, 0)) {
          const { title } = noticeWords(textOf(language), notice, 'darwin');
          expect(title).not.toMatch(/\{|undefined/);
        }
      }
    }
    const [denied] = noticesOf(
      { ...WELL, host: IDLE, captureProblem: { code: 'microphone-denied', message: '' } },
      0,
    );
    expect(denied && noticeWords(textOf('en'), denied, 'win32').detail).toContain('Privacy & security');
  });
});
