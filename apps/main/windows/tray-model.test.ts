import { describe, expect, it } from 'vitest';
import type { HostState } from '#protocol';
import { textIn } from '../strings.ts';
import { trayModel, type TraySituation } from './tray-model.ts';

function model(state: Partial<HostState>, change: Partial<TraySituation> = {}) {
  const situation = {
    state: { activity: 'idle', lanes: ['transcribe'], ...state } satisfies HostState,
    speaking: false,
    captionsOpen: false,
    captionsLocked: false,
    doNotDisturb: false,
    ...change,
  };
  return trayModel(situation, textIn('en'));
}

const label = (shown: ReturnType<typeof model>, action: string) =>
  shown.groups.flat().find((item) => item.action === action);

describe('the tray', () => {
  it('shows what Earshot does', () => {
    expect(model({}).face).toBe('idle');
    expect(model({ activity: 'listening' }).face).toBe('listening');
    expect(model({ activity: 'listening' }, { speaking: true }).face).toBe('speaking');
    expect(model({ activity: 'source-lost' }).face).toBe('error');
    expect(model({ activity: 'restarting' }).face).toBe('error');
  });

  it('says why it cannot listen', () => {
    const problem = { code: 'device-unavailable', message: 'No microphone.', retryable: true } as const;
    const shown = model({ problem });
    expect(shown.face).toBe('error');
    expect(shown.tooltip).toBe('Earshot: needs attention (No microphone.)');
  });

  it('offers the other thing', () => {
    expect(label(model({}), 'toggle')?.label).toBe('Start listening');
    expect(label(model({ activity: 'listening' }), 'toggle')?.label).toBe('Stop listening');
    expect(label(model({ activity: 'finishing' }), 'toggle')?.enabled).toBe(false);
  });

  it('is the way to unlock captions that clicks go through', () => {
    expect(label(model({}), 'toggle-captions-lock')?.enabled).toBe(false);
    const locked = model({}, { captionsOpen: true, captionsLocked: true });
    expect(label(locked, 'toggle-captions-lock')).toMatchObject({ label: 'Unlock captions', enabled: true });
  });
});
