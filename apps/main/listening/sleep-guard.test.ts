import { describe, expect, it } from 'vitest';
import { EarshotError, type HostState, type SourceChoice } from '#protocol';
import { SleepGuard } from './sleep-guard.ts';

/** A host with a microphone that may need some attempts to come back. */
function setUp(source: SourceChoice | undefined, failures = 0) {
  let activity: HostState['activity'] = source ? 'listening' : 'idle';
  let failuresLeft = failures;
  const log: string[] = [];
  const guard = new SleepGuard({
    state: () => ({ activity, lanes: ['transcribe'] }),
    source: () => source,
    stop: () => {
      log.push('stop');
      activity = 'idle';
      return Promise.resolve();
    },
    start: (choice) => {
      log.push(`start ${choice.kind}${choice.kind === 'microphone' ? ` ${choice.name ?? ''}` : ''}`.trim());
      if (failuresLeft-- > 0) return Promise.reject(new EarshotError('device-unavailable', 'No microphone.'));
      activity = 'listening';
      return Promise.resolve();
    },
    say: ({ kind, reason }) => log.push(reason ? `say ${kind}: ${reason}` : `say ${kind}`),
    wait: (milliseconds) => {
      log.push(`wait ${milliseconds}`);
      return Promise.resolve();
    },
  });
  return { guard, log, become: (next: HostState['activity']) => (activity = next) };
}

describe('sleep and wake', () => {
  it('ends the session before sleep and begins another with the same microphone', async () => {
    const { guard, log } = setUp({ kind: 'microphone', name: 'Desk' });
    guard.suspended();
    await guard.resumed();
    expect(log).toEqual(['stop', 'wait 0', 'start microphone Desk', 'say resumed']);
  });

  it('does nothing when nothing was heard', async () => {
    const { guard, log } = setUp(undefined);
    guard.suspended();
    await guard.resumed();
    expect(log).toEqual([]);
  });

  it('is patient with a microphone that wakes slowly, and says so when it never comes', async () => {
    const slow = setUp({ kind: 'microphone' }, 2);
    slow.guard.suspended();
    await slow.guard.resumed();
    expect(slow.log.filter((line) => line.startsWith('start'))).toHaveLength(3);
    expect(slow.log.at(-1)).toBe('say resumed');

    const never = setUp({ kind: 'microphone' }, 9);
    never.guard.suspended();
    await never.guard.resumed();
    expect(never.log.at(-1)).toBe('say failed: No microphone.');
  });

  it('does not take sound of the system again by itself', async () => {
    const { guard, log } = setUp({ kind: 'window', label: 'System', sampleRateHz: 48_000 });
    guard.suspended();
    await guard.resumed();
    expect(log).toEqual(['stop', 'say needs-click']);
  });

  it('goes on after a second sleep that comes before the first was made good', async () => {
    const { guard, log } = setUp({ kind: 'microphone' }, 1);
    guard.suspended();
    const first = guard.resumed();
    guard.suspended();
    await first;
    await guard.resumed();
    expect(log.at(-1)).toBe('say resumed');
    expect(log.filter((line) => line === 'stop')).toHaveLength(1);
  });

  it('leaves alone what the person started in the meantime', async () => {
    const { guard, log, become } = setUp({ kind: 'microphone' });
    guard.suspended();
    become('listening');
    await guard.resumed();
    expect(log.some((line) => line.startsWith('start'))).toBe(false);
  });
});
