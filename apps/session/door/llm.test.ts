import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startScriptedServer, type ScriptedServer } from '../../../test/llm/server-process.ts';
import { makeHostFixture, type HostFixture } from '../testing/host-fixture.ts';

let fixture: HostFixture;
let server: ScriptedServer;
beforeEach(async () => {
  [fixture, server] = await Promise.all([makeHostFixture(), startScriptedServer()]);
});
afterEach(async () => {
  await fixture.dispose();
  await server.stop();
});

describe('choosing a language model', () => {
  it('looks at a server of this machine, and asks the chosen model for a sentence', async () => {
    const { host } = fixture;
    const seen = await host.ask('llm.look', { address: String(server.port) });
    expect(seen).toMatchObject({
      address: `${server.address}/v1`,
      origin: server.address,
      leavesMachine: false,
    });
    expect(seen.models?.[0]).toEqual({ id: 'fluent', contextTokens: 8192 });
    await expect(host.ask('llm.test', {})).rejects.toMatchObject({ code: 'bad-usage' });

    const settings = await host.ask('settings.get', {});
    await host.ask('settings.set', {
      settings: { ...settings, llm: { address: seen.address, model: 'fluent' } },
    });
    const answer = await host.ask('llm.test', {});
    expect(answer).toMatchObject({ model: 'fluent', origin: server.address });
    expect(answer.text).toContain('kettle');
    expect(answer.firstWordMs).toBeGreaterThanOrEqual(0);
    const [asked] = await server.told();
    expect(asked?.body.messages).toHaveLength(1);
  });

  it('sends nothing to another machine before its host is typed again', async () => {
    const { host } = fixture;
    const address = 'studio.invalid:11434';
    const expected = { origin: 'http://studio.invalid:11434', host: address, leavesMachine: true };
    for (const confirmedHost of [undefined, 'studio.invalid', 'other.invalid:11434']) {
      const seen = await host.ask('llm.look', { address, ...(confirmedHost && { confirmedHost }) });
      expect(seen).toMatchObject(expected);
      expect(seen.models).toBeUndefined();
    }
    // Confirmed, it is asked, and is not there.
    await expect(host.ask('llm.look', { address, confirmedHost: address })).rejects.toMatchObject({
      code: 'offline',
    });
  });

  it('says in one line what is wrong with an address', async () => {
    const { host } = fixture;
    for (const address of ['http://', 'ftp://127.0.0.1', 'http://user:word@127.0.0.1', '99999999']) {
      await expect(host.ask('llm.look', { address })).rejects.toMatchObject({ code: 'bad-input' });
    }
    await expect(host.ask('llm.look', { address: '127.0.0.1:9' })).rejects.toMatchObject({ code: 'offline' });
  });
});
