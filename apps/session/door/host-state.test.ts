import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostStateSchema, type EarshotEvent } from '#protocol';
import { idleState, reduceListening, toHostState, type ListeningAction } from './host-state.ts';

const idle = idleState(['transcribe']);
const run = (...actions: ListeningAction[]) => actions.reduce(reduceListening, idle);
const event = (value: EarshotEvent): ListeningAction => ({ type: 'event', event: value, atMs: 5000 });
const activities = (...actions: ListeningAction[]): string[] => {
  let state = idle;
  return actions.map((action) => toHostState((state = reduceListening(state, action))).activity);
};

const start: ListeningAction = { type: 'start', sourceLabel: 'USB', lanes: ['transcribe', 'sounds'] };
const ready = event({ type: 'ready', engine: 'embedded', chunkMs: 400, lanes: ['transcribe'] });
const decision = event({ type: 'decision', chunk: 1, t: 0.8, lane: 'transcribe', decision: 'silent' });
const error = (code: 'worker-crashed' | 'source-lost' | 'source-recovered' | 'disk-full'): ListeningAction =>
  event({ type: 'error', code, message: 'What happened.', retryable: true });
const finish: ListeningAction = { type: 'finish' };
const problem = { code: 'device-unavailable', message: 'No microphone.', retryable: false } as const;

describe('the state of a host', () => {
  it('goes from idle to idle', () => {
    expect(activities(start, ready, decision, finish, { type: 'ended' })).toEqual([
      'starting',
      'listening',
      'listening',
      'finishing',
      'idle',
    ]);
  });

  it('names session, source, start and the lanes that the engine opened', () => {
    const state = run(start, { type: 'source', label: 'USB microphone' }, ready, { type: 'session', id: 7 });
    expect(toHostState(state)).toEqual({
      activity: 'listening',
      sessionId: 7,
      sourceLabel: 'USB microphone',
      startedAtMs: 5000,
      lanes: ['transcribe'],
    });
  });

  it('restarts until the new process decides', () => {
    expect(activities(start, ready, error('worker-crashed'), ready, decision).slice(2)).toEqual([
      'restarting',
      'restarting',
      'listening',
    ]);
  });

  it('tells a lost source before a restart, and each goes by its own sign', () => {
    const actions = [error('worker-crashed'), error('source-lost'), decision, error('source-recovered')];
    expect(activities(start, ready, ...actions).slice(2)).toEqual([
      'restarting',
      'source-lost',
      'source-lost',
      'listening',
    ]);
    expect(
      activities(start, ready, error('source-lost'), error('worker-crashed'), error('source-recovered')).at(
        -1,
      ),
    ).toBe('restarting');
  });

  it('goes on through troubles that stop nothing', () => {
    expect(activities(start, ready, error('disk-full')).at(-1)).toBe('listening');
  });

  it('keeps the problem until the next start, and nothing of the session', () => {
    const ended = run(start, ready, { type: 'session', id: 3 }, { type: 'ended', problem });
    expect(toHostState(ended)).toEqual({ activity: 'idle', lanes: ['transcribe'], problem });
    expect(toHostState(reduceListening(ended, start)).problem).toBeUndefined();
  });

  it('hears nothing of a run that is over, and does not start twice', () => {
    expect(run(ready, decision, finish, error('worker-crashed'))).toBe(idle);
    const listening = run(start, ready);
    expect(reduceListening(listening, start)).toBe(listening);
  });

  it('is one that windows understand, whatever happens in whatever order', () => {
    const actions = [start, ready, decision, finish, error('worker-crashed'), error('source-lost')];
    const more: ListeningAction[] = [
      { type: 'ended' },
      { type: 'ended', problem },
      { type: 'lanes', lanes: ['assist'] },
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...actions, ...more)), (chosen) => {
        const state = toHostState(run(...chosen));
        expect(hostStateSchema.safeParse(state).success).toBe(true);
        if (state.activity === 'idle') expect(state.sessionId).toBeUndefined();
      }),
    );
  });
});
