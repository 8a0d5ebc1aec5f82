import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DoorPush, EarshotEvent } from '#protocol';
import { Access } from './access.ts';
import { readCookie, sessionCookie } from './cookie.ts';
import { isReplaceable } from './door-client.ts';
import { Gate, allowedHosts, isLoopback } from './gate.ts';
import { isForWatchers } from './watcher.ts';

describe('access', () => {
  it('lets one browser in for each control token, and any number that watch', () => {
    const access = new Access();
    const token = access.controlToken;
    const key = access.redeem('control', token);
    expect(access.roleOf(key)).toBe('control');
    expect(access.redeem('control', token)).toBeUndefined();
    expect(access.controlToken).not.toBe(token);
    const watching = [1, 2, 3].map(() => access.redeem('watch', access.watchToken));
    expect(watching.map((each) => access.roleOf(each))).toEqual(['watch', 'watch', 'watch']);
    expect(access.redeem('control', access.watchToken)).toBeUndefined();
  });

  it('has tokens and keys of 128 bits that are never the same', () => {
    const access = new Access();
    const keys = Array.from({ length: 50 }, () => access.redeem('control', access.controlToken) ?? '');
    expect(new Set(keys).size).toBe(50);
    expect(keys.every((key) => Buffer.from(key, 'base64url').length === 16)).toBe(true);
  });

  it('knows no key that it did not give', () => {
    const access = new Access();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(access.roleOf(text)).toBeUndefined();
        expect(access.redeem('control', text)).toBeUndefined();
        expect(access.redeem('watch', text)).toBeUndefined();
      }),
    );
  });

  it('forgets the browser that came first when there are too many', () => {
    const access = new Access();
    const first = access.redeem('watch', access.watchToken);
    for (let browser = 0; browser < 256; browser += 1) access.redeem('watch', access.watchToken);
    expect(access.roleOf(first)).toBeUndefined();
  });
});

describe('cookies', () => {
  it('are found among others, and never confused with them', () => {
    const header = `other=1; ${sessionCookie('earshot-1', 'abc').split(';')[0]}; earshot-12=x`;
    expect(readCookie(header, 'earshot-1')).toBe('abc');
    expect(readCookie(header, 'earshot')).toBeUndefined();
    expect(readCookie(undefined, 'earshot-1')).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => void readCookie(text, 'earshot-1')));
  });
});

describe('the gate', () => {
  const request = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;

  it('knows this machine by its own names only', () => {
    const hosts = allowedHosts('127.0.0.1', 3277);
    expect([...hosts].sort()).toEqual(['127.0.0.1:3277', '[::1]:3277', 'localhost:3277']);
    expect(allowedHosts('0.0.0.0', 3277).has('localhost:3277')).toBe(true);
    expect(allowedHosts('10.0.0.5', 3277).has('10.0.0.5:3277')).toBe(true);
    expect(allowedHosts('10.0.0.5', 3277).has('10.0.0.6:3277')).toBe(false);
    expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.5', '127.evil.example'].some(isLoopback)).toBe(false);
  });

  it('lets pages of its own ask, and no others', () => {
    const gate = new Gate(allowedHosts('127.0.0.1', 3277));
    const host = 'localhost:3277';
    expect(gate.isOurOrigin(request({ host, origin: 'http://localhost:3277' }))).toBe(true);
    for (const origin of [
      'null',
      'http://localhost:3278',
      'https://localhost:3277',
      'http://127.0.0.1:3277',
      '',
    ]) {
      expect(gate.isOurOrigin(request({ host, origin }))).toBe(false);
    }
    expect(gate.isOurOrigin(request({ host }))).toBe(false);
    expect(gate.isOurHost(request({}))).toBe(false);
  });
});

describe('pushes', () => {
  const event = (value: EarshotEvent): DoorPush => ({ kind: 'event', event: value });
  const line = {
    type: 'transcript',
    id: 1,
    start: 0,
    end: 1,
    text: 'x',
    language: 'en',
    latencyMs: 1,
  } as const;

  it('that are final are never left out for a slow browser', () => {
    expect(isReplaceable(event({ ...line, final: true }))).toBe(false);
    expect(isReplaceable(event({ ...line, final: false }))).toBe(true);
    expect(isReplaceable({ kind: 'level', peak: 1, rms: 1 })).toBe(true);
    expect(isReplaceable({ kind: 'state', state: { activity: 'idle', lanes: [] } })).toBe(false);
    expect(isReplaceable(event({ type: 'end', duration: 1, processing: 1 }))).toBe(false);
  });

  it('about what is kept on the machine are not for watchers', () => {
    expect(isForWatchers(event({ ...line, final: true }))).toBe(true);
    const read = { id: 1, name: 'private.wav', state: 'done', heardSeconds: 1 } as const;
    expect(isForWatchers({ kind: 'import', import: read })).toBe(false);
    expect(isForWatchers({ kind: 'sessions-changed' })).toBe(false);
  });
});
