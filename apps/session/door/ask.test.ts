import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHostFixture, type HostFixture } from '../testing/host-fixture.ts';
import { sound, transcript } from '../testing/sample-events.ts';

let fixture: HostFixture;
beforeEach(async () => {
  fixture = await makeHostFixture();
});
afterEach(() => fixture.dispose());

function keepSession(title: string, startedAtMs: number, words: string): number {
  const { timeline } = fixture.application;
  const session = { source: 'x', live: true, engine: 'embedded', lanes: ['transcribe'], title } as const;
  const { id } = timeline.createSession({ ...session, startedAtMs });
  timeline.append(id, transcript(0, 1, 4, words));
  timeline.append(id, sound(0, 6, 7, 'doorbell'));
  timeline.endSession(id, { state: 'complete', durationSeconds: 10, endedAtMs: startedAtMs + 10_000 });
  return id;
}

describe('asking what was heard', () => {
  it('answers from the newest session, from a named one, and from all where that is allowed', async () => {
    const { host } = fixture;
    const question = 'who mentioned the budget?';
    await expect(host.ask('sessions.ask', { question })).rejects.toMatchObject({ code: 'not-found' });
    const garden = keepSession('Garden', Date.now() - 90_000, 'The budget for the garden is open.');
    const fence = keepSession('Fence', Date.now() - 30_000, 'The budget for the fence is closed.');

    const newest = await host.ask('sessions.ask', { question });
    expect(newest.session).toEqual({ id: fence, title: 'Fence' });
    expect(newest.sources).toEqual([
      {
        sessionId: fence,
        sessionTitle: 'Fence',
        kind: 'transcript',
        startSeconds: 1,
        text: 'The budget for the fence is closed.',
      },
    ]);
    const named = await host.ask('sessions.ask', { question, id: garden });
    expect(named.text).toContain('garden');
    expect(named.sources.map(({ sessionId }) => sessionId)).toEqual([garden]);

    const settings = await host.ask('settings.get', {});
    await host.ask('settings.set', {
      settings: { ...settings, assistant: { ...settings.assistant, acrossSessions: true } },
    });
    const all = await host.ask('sessions.ask', { question });
    expect(all.session).toBeUndefined();
    expect(all.sources.map(({ sessionId }) => sessionId).sort()).toEqual([garden, fence].sort());
  });

  it('knows sounds, and says in one line what it cannot answer', async () => {
    const { host } = fixture;
    const id = keepSession('Hall', Date.now() - 30_000, 'Nobody is here.');
    const rang = await host.ask('sessions.ask', { id, question: 'when did the doorbell ring?' });
    expect(rang.sources).toMatchObject([{ kind: 'sound', text: 'doorbell', startSeconds: 6 }]);
    const instruction = host.ask('sessions.ask', { id, question: 'start a five minute timer' });
    await expect(instruction).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(host.ask('sessions.ask', { id: 9999, question: 'why?' })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(host.ask('sessions.ask', { question: '  ' })).rejects.toMatchObject({ code: 'protocol' });
  });
});
