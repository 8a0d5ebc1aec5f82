import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type WebSocket from 'ws';
import { TimelineStore } from '#session';
import { ServerProcess, makeDataFolder, runCommand, type DataFolder, endServers } from './server-process.ts';

let data: DataFolder;
let server: ServerProcess;

beforeAll(async () => {
  data = await makeDataFolder();
  server = await ServerProcess.start(data);
});
afterAll(async () => {
  await server.end();
  endServers();
  await data.remove();
});

/** How a socket ends: the status of a refused upgrade, or the code of a closed one. */
async function outcomeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('close', (code) => resolve(code));
    socket.on('error', () => undefined);
  });
}

describe('pages', () => {
  it('are shown to a browser that brings the one-time token, once', async () => {
    const { pathname, search } = server.address('token');
    expect((await server.get('/')).status).toBe(403);
    const first = await server.get(pathname + search);
    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const second = await server.get(pathname + search);
    expect([second.status, second.text.includes('used already')]).toEqual([403, true]);
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const page = await server.get('/', { cookie });
    expect([page.status, page.text.includes('Stand-in')]).toEqual([200, true]);
    await server.until(() => server.address('token').search !== search);
  });

  it('carry a strict policy, and hashed files are kept', async () => {
    const cookie = await server.letIn('watch');
    const page = await server.get('/', { cookie });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const script = await server.get('/assets/main-1a2b3c4d.js', { cookie });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toContain('immutable');
    const again = await server.get('/', { cookie, 'if-none-match': String(page.headers.etag) });
    expect(again.status).toBe(304);
  });

  it('lead nowhere else', async () => {
    const cookie = await server.letIn('watch');
    for (const path of [
      '/../data/timeline.sqlite',
      '/%2e%2e/data/timeline.sqlite',
      '/..%2fdata%2ftimeline.sqlite',
      '/assets/..%5c..%5cdata',
      '//etc/passwd',
      '/%00',
      '/%zz',
      '/assets',
      '/index.html/',
    ]) {
      expect((await server.get(path, { cookie })).status).toBe(404);
    }
    expect((await server.get('/', { cookie }, 'DELETE')).status).toBe(405);
    expect((await server.get('/', { cookie, 'content-length': '1' }, 'GET', Buffer.from('x'))).status).toBe(
      400,
    );
    expect((await server.get(`/?${'x'.repeat(3000)}`, { cookie })).status).toBe(400);
  });

  it('are refused under a foreign name, and to a wrong or missing key', async () => {
    const cookie = await server.letIn('watch');
    for (const host of [
      'evil.example',
      `evil.example:${server.address('watch').port}`,
      '127.0.0.1',
      'localhost:1',
    ]) {
      expect((await server.get('/', { cookie, host })).status).toBe(421);
    }
    expect(
      (await server.get('/', { cookie, host: server.host.replace('127.0.0.1', 'localhost') })).status,
    ).toBe(200);
    const [name] = cookie.split('=');
    for (const wrong of ['', `${name}=`, `${name}=AAAAAAAAAAAAAAAAAAAAAA`, 'other=1']) {
      expect((await server.get('/assets/main-1a2b3c4d.js', { cookie: wrong })).status).toBe(403);
    }
    expect((await server.get('/?token=AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(403);
    expect((await server.get('/?watch=')).status).toBe(403);
  });
});

describe('the door', () => {
  it('is shut for a foreign host, a foreign origin, and without a key', async () => {
    const cookie = await server.letIn();
    expect(await outcomeOf(server.socket({ cookie, host: 'evil.example' }))).toBe(421);
    expect(await outcomeOf(server.socket({ cookie, origin: 'http://evil.example' }))).toBe(403);
    expect(await outcomeOf(server.socket({ cookie, origin: `https://${server.host}` }))).toBe(403);
    expect(await outcomeOf(server.socket({}))).toBe(401);
    expect(await outcomeOf(server.socket({ cookie: `${cookie}x` }))).toBe(401);
  });

  it('closes on whoever sends what is too large or makes no sense, and stays open for others', async () => {
    const cookie = await server.letIn();
    const other = await server.open(cookie);
    const cases: [string | Buffer, number][] = [
      ['no json', 1007],
      ['[]', 1008],
      ['"text"', 1008],
      ['{"method":"host.state"}', 1008],
      [`{"id":1,"method":"host.state","params":"${'x'.repeat(300_000)}"}`, 1009],
      [Buffer.alloc(5), 1003],
      [Buffer.alloc(2_000_000), 1009],
    ];
    for (const [message, code] of cases) {
      const browser = await server.open(cookie);
      const closed = browser.closed();
      browser.socket.send(message);
      expect([String(message).slice(0, 40), await closed]).toEqual([String(message).slice(0, 40), code]);
    }
    await expect(other.ask('no.such')).rejects.toThrow(/protocol: There is no “no.such”/);
    await expect(other.ask('sessions.list', { limit: 'many' })).rejects.toThrow(/^protocol/);
    await expect(other.ask('imports.open', { path: '/etc/passwd' })).rejects.toThrow(/^bad-usage/);
    other.socket.send(Buffer.alloc(8));
    expect(await other.ask('host.state')).toMatchObject({ activity: 'idle' });
    other.socket.close();
  });

  it('takes no sound from a watcher', async () => {
    const watcher = await server.open(await server.letIn('watch'));
    const closed = watcher.closed();
    watcher.socket.send(Buffer.alloc(8));
    expect(await closed).toBe(1008);
  });

  it('has room for a bounded number of browsers', async () => {
    const cookie = await server.letIn();
    const sockets = Array.from({ length: 40 }, () => server.socket({ cookie }));
    const opened = await Promise.all(
      sockets.map((socket) =>
        Promise.race([
          once(socket, 'open').then(
            () => 'open',
            () => 'refused',
          ),
          outcomeOf(socket),
        ]),
      ),
    );
    expect(opened.filter((outcome) => outcome === 'open')).toHaveLength(32);
    expect(opened.filter((outcome) => outcome === 503)).toHaveLength(8);
    for (const socket of sockets) socket.terminate();
    await delay(200);
    (await server.open(cookie)).socket.close();
  });
});

describe('200 clients that connect and stall', () => {
  const stall = (count: number, text: string): Promise<Socket[]> => {
    const { hostname, port } = server.address('watch');
    return Promise.all(
      Array.from({ length: count }, async () => {
        const socket = connect(Number(port), hostname);
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        if (text !== '') socket.write(text);
        return socket;
      }),
    );
  };

  it.each([
    ['saying nothing', ''],
    ['in the middle of a header', 'GET / HTTP/1.1\r\nHost: 127'],
    ['in front of the door', 'GET /door HTTP/1.1\r\nUpgrade: websocket\r\n'],
  ])('%s keep nobody out and are let go of', async (_name, text) => {
    const stalled = await stall(200, text);
    const cookie = await server.letIn('watch');
    expect((await server.get('/', { cookie })).status).toBe(200);
    // Not because the others were let go of first.
    expect(stalled.some((socket) => !socket.closed)).toBe(true);
    await server.until(() => stalled.every((socket) => socket.closed), 10_000);
  });
});

describe('a browser that does not read', () => {
  it('is cut off when too much waits for it, and the others are not', async () => {
    const other = await makeDataFolder();
    const timeline = TimelineStore.open(join(other.path, 'timeline.sqlite'));
    const { id } = timeline.createSession({
      source: 'long',
      live: false,
      engine: 'embedded',
      lanes: ['transcribe'],
      startedAtMs: 1,
    });
    const line = {
      type: 'transcript',
      text: 'word '.repeat(4000),
      final: true,
      language: 'en',
      latencyMs: 0,
    } as const;
    for (let key = 0; key < 100; key += 1)
      timeline.append(id, { ...line, id: key, start: key, end: key + 1 });
    timeline.endSession(id, { state: 'complete', durationSeconds: 100, endedAtMs: 2 });
    timeline.close();
    const host = await ServerProcess.start(other);
    const cookie = await host.letIn();
    const [slow, good] = [await host.open(cookie), await host.open(cookie)];
    const closed = slow.closed();
    slow.socket.pause();
    for (let question = 1; question <= 30; question += 1) {
      slow.socket.send(JSON.stringify({ id: question, method: 'sessions.get', params: { id } }));
    }
    await delay(1500);
    expect(await good.ask('sessions.get', { id })).toMatchObject({ session: { title: expect.any(String) } });
    slow.socket.resume();
    expect([1006, 4008]).toContain(await closed);
    expect(good.socket.readyState).toBe(good.socket.OPEN);
    await host.end();
    await other.remove();
  });
});

describe('starting', () => {
  it('says in one line what is in the way', async () => {
    const base = ['serve', '--data', data.path, '--renderer', data.rendererPath];
    const lineOf = async (...args: string[]): Promise<string> => (await runCommand(...args)).stderr.trim();
    expect(await lineOf(...base, '--port', server.address('watch').port)).toMatch(
      /^earshot: Port \d+ is in use\. Choose another with --port, or 0 for any that is free\.$/,
    );
    expect(await lineOf(...base, '--port', '70000')).toMatch(/is not a port/);
    expect(await lineOf(...base, '--port', '0', '--host', '192.0.2.77')).toMatch(
      /no address of this machine/,
    );
    expect(await lineOf('serve', '--data', data.path, '--renderer', data.path)).toMatch(/npm run build:app/);
    expect(await lineOf(...base, '--port', '0', 'absent.wav')).toMatch(/There is no file absent\.wav/);
  });

  it('ends as it should when it is asked to while it still opens', async () => {
    const other = await makeDataFolder();
    const opening = ServerProcess.spawn(other);
    await opening.until(() => existsSync(join(other.path, 'timeline.sqlite')));
    expect(await opening.end()).toBe(0);
    expect(opening.output).toMatch(/What was heard is kept/);
    await other.remove();
  });

  it('beyond this machine says who can reach it', async () => {
    const other = await makeDataFolder();
    const open = await ServerProcess.start(other, '--host', '0.0.0.0');
    expect(open.output).toMatch(/Everyone in your network who has one of the addresses can reach Earshot/);
    expect(await open.end()).toBe(0);
    await other.remove();
  });
});
