import { describe, expect, it } from 'vitest';
import type { DoorPush } from '#protocol';
import {
  IDLE,
  LISTENING,
  LIVE_ID,
  hostInfo,
  line,
  model,
  said,
  usualResponds,
  heartbeat,
  trouble,
} from '../scenes/builders.ts';
import { INITIAL_STATE, type AppState } from './app-state.ts';
import { reducePush } from './reduce-push.ts';

const play = (pushes: readonly DoorPush[], from: AppState = INITIAL_STATE, nowMs = 0) =>
  pushes.reduce((state, push) => reducePush(state, push, nowMs), from);
const listening = play([{ kind: 'state', state: LISTENING }]);

describe('what the host says', () => {
  it('begins an empty page for a new session and keeps it when listening stops', () => {
    const heard = play(said([line(1, 0, 1, 'hello')]), listening);
    const stopped = play([{ kind: 'state', state: IDLE }], heard);
    expect(stopped.live.timeline.moments).toHaveLength(1);
    const again = play([{ kind: 'state', state: { ...LISTENING, sessionId: LIVE_ID + 1 } }], stopped);
    expect(again.live).toMatchObject({ sessionId: LIVE_ID + 1, timeline: { moments: [] } });
    expect(again.pulse.cells).toEqual([]);
  });

  it('keeps a recording that is read apart from what is heard', () => {
    const heard = play(said([line(1, 0, 1, 'from the recording')], 99), listening);
    expect(heard.live.timeline.moments).toEqual([]);
    const opened = { ...listening, opened: { ...listening.live, sessionId: 99 } };
    expect(play(said([line(1, 0, 1, 'x')], 99), opened).opened?.timeline.moments).toHaveLength(1);
  });

  it('sends decisions to the pulse and leaves the stream as it was', () => {
    const before = play(said([line(1, 0, 1, 'hello')]), listening);
    const now = play(heartbeat(20, usualResponds), before);
    expect(now.live).toBe(before.live);
    expect(now.pulse.cells.length).toBeGreaterThan(40);
    const lost = play(said([trouble('source-lost')]), now);
    expect(lost.live.timeline.moments.at(-1)?.at).toBeCloseTo(20.4, 0);
  });

  it('notices when nothing at all arrives, and when something does again', () => {
    const silent = play([{ kind: 'level', peak: 0, rms: 0 }], listening, 1000);
    expect(play([{ kind: 'level', peak: 0, rms: 0 }], silent, 9000).silentSinceMs).toBe(1000);
    expect(play([{ kind: 'level', peak: 0.01, rms: 0 }], silent, 9000).silentSinceMs).toBeUndefined();
  });

  it('follows models, recordings and itself', () => {
    const partly = model('a', 'A', { state: 'installing' });
    const imports = { id: 1, name: 'x.wav', state: 'running', heardSeconds: 1 } as const;
    const now = play([
      { kind: 'model', model: partly },
      { kind: 'model', model: model('a', 'A') },
      { kind: 'import', import: imports },
      { kind: 'info', info: hostInfo({ notices: ['An update is ready.'] }) },
    ]);
    expect(now.models.map(({ state }) => state)).toEqual(['installed']);
    expect(now.imports).toHaveLength(1);
    expect(now.info?.notices).toEqual(['An update is ready.']);
  });
});
