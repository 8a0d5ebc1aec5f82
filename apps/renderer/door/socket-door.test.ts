import { describe, expect, it } from 'vitest';
import type { DoorPush } from '#protocol';
import { openSocketDoor, takeToken, type Socket } from './socket-door.ts';

/** The far end of a socket, held by the test. */
class Line implements Socket {
  binaryType = '';
  readyState = 0;
  bufferedAmount = 0;
  readonly sent: (string | Float32Array)[] = [];
  readonly #listeners: { type: string; listener: (event: { data?: unknown; code?: number }) => void }[] = [];

  send(data: string | Float32Array): void {
    this.sent.push(data);
  }
  close(): void {
    this.drop(1000);
  }
  addEventListener(type: string, listener: (event: { data?: unknown; code?: number }) => void): void {
    this.#listeners.push({ type, listener });
  }
  #emit(type: string, event: { data?: unknown; code?: number }): void {
    for (const entry of this.#listeners) if (entry.type === type) entry.listener(event);
  }
  open(): void {
    this.readyState = 1;
    this.#emit('open', {});
  }
  drop(code: number): void {
    this.readyState = 3;
    this.#emit('close', { code });
  }
  say(message: unknown): void {
    this.#emit('message', { data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
}

function setUp() {
  const lines: Line[] = [];
  const delays: number[] = [];
  let later: (() => void) | undefined;
  const door = openSocketDoor({
    url: 'ws://host/door',
    openSocket: () => {
      const line = new Line();
      lines.push(line);
      return line;
    },
    schedule: (action, delayMs) => {
      delays.push(delayMs);
      later = action;
      return () => (later = undefined);
    },
  });
  const states: string[] = [];
  door.onConnection((state) => states.push(state));
  const line = () => lines.at(-1) as Line;
  return { door, line, lines, delays, states, retry: () => later?.() };
}

describe('a door over a socket', () => {
  it('matches answers to questions by id, whatever their order', async () => {
    const { door, line } = setUp();
    line().open();
    const state = door.ask('host.state', {});
    const devices = door.ask('devices.list', {});
    const ids = line().sent.map((text) => (JSON.parse(String(text)) as { id: number }).id);
    line().say({ id: ids[1], ok: true, result: [{ id: 'a', name: 'A', isDefault: true }] });
    line().say({ id: ids[0], ok: true, result: { activity: 'idle', lanes: [] } });
    expect((await state).activity).toBe('idle');
    expect(await devices).toHaveLength(1);
  });

  it('hands the host’s refusal on as a typed error, and refuses an answer of the wrong shape', async () => {
    const { door, line } = setUp();
    line().open();
    const refused = door.ask('listen.start', {});
    line().say({
      id: 1,
      ok: false,
      error: { code: 'model-missing', message: 'No model.', retryable: false },
    });
    await expect(refused).rejects.toMatchObject({ code: 'model-missing', message: 'No model.' });
    const misshaped = door.ask('host.state', {});
    line().say({ id: 2, ok: true, result: { activity: 'dancing' } });
    await expect(misshaped).rejects.toMatchObject({ code: 'protocol' });
  });

  it('hands on good pushes and lets anything else pass by', () => {
    const { door, line } = setUp();
    const pushes: DoorPush[] = [];
    door.onPush((push) => pushes.push(push));
    line().open();
    line().say('not json');
    line().say({ kind: 'gossip' });
    line().say({ kind: 'event', event: { type: 'end', duration: -1, processing: 0 } });
    line().say({ kind: 'level', peak: 0.5, rms: 0.1 });
    expect(pushes).toEqual([{ kind: 'level', peak: 0.5, rms: 0.1 }]);
  });

  it('fails what was open when the line drops, waits longer each time, and comes back', async () => {
    const { door, line, lines, delays, states, retry } = setUp();
    line().open();
    const open = door.ask('host.state', {});
    line().drop(1006);
    await expect(open).rejects.toMatchObject({ code: 'offline', retryable: true });
    retry();
    line().drop(1006);
    retry();
    line().drop(1006);
    expect(delays).toEqual([250, 500, 1000]);
    retry();
    line().open();
    expect(states).toEqual(['connecting', 'open', 'lost', 'open']);
    expect(lines).toHaveLength(4);
  });

  it('says that it is refused when the host closes for that reason, or never lets it in', () => {
    const first = setUp();
    first.line().drop(4401);
    expect(first.states.at(-1)).toBe('refused');
    const second = setUp();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      second.line().drop(1006);
      second.retry();
    }
    expect(second.states.at(-1)).toBe('refused');
  });

  it('drops sound that the network does not take, and asks nothing while it is closed', async () => {
    const { door, line } = setUp();
    await expect(door.ask('host.state', {})).rejects.toMatchObject({ code: 'offline' });
    line().open();
    door.sendAudio(new Float32Array(4));
    line().bufferedAmount = 10_000_000;
    door.sendAudio(new Float32Array(4));
    expect(line().sent).toHaveLength(1);
  });
});

describe('the token', () => {
  const storage = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
  };

  it('is taken out of the address and kept for this tab', () => {
    const kept = storage();
    const shown: string[] = [];
    const history = {
      replaceState: (_: unknown, __: string, url?: string | URL | null) => void shown.push(String(url)),
    };
    expect(takeToken({ href: 'http://h:1/?token=abc&scene=x' }, kept, history)).toBe('abc');
    expect(shown).toEqual(['http://h:1/?scene=x']);
    expect(takeToken({ href: 'http://h:1/' }, kept, history)).toBe('abc');
    expect(takeToken({ href: 'http://h:1/' }, storage(), history)).toBe('');
  });
});
