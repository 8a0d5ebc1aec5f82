import { statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostState } from '#protocol';
import { errorOf } from '../testing/error-of.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import {
  askRunningHost,
  controlSocketPath,
  describeState,
  listenForControl,
  type ControlRequest,
  type ControlServer,
} from './index.ts';

const IDLE: HostState = { activity: 'idle', lanes: ['transcribe'] };

let folder: TemporaryFolder;
let server: ControlServer | undefined;
let asked: ControlRequest[];
const listen = async (): Promise<void> => {
  server = await listenForControl(folder.path, (request) => {
    asked.push(request);
    return IDLE;
  });
};

beforeEach(() => {
  folder = makeTemporaryFolder();
  asked = [];
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  folder.dispose();
});

function sendRaw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(controlSocketPath(folder.path));
    let answer = '';
    socket.on('data', (data) => (answer += String(data)));
    socket.on('close', () => resolve(answer));
    socket.on('error', () => undefined);
    socket.write(text);
  });
}

describe('the control socket', () => {
  it('carries a request to the running host and its state back', async () => {
    await listen();
    expect(await askRunningHost(folder.path, { action: 'toggle' })).toEqual(IDLE);
    expect(asked).toEqual([{ action: 'toggle' }]);
  });

  it('belongs to its user alone', async () => {
    await listen();
    expect(statSync(controlSocketPath(folder.path)).mode & 0o777).toBe(0o600);
  });

  it('says in one line when nothing is running', async () => {
    const error = await errorOf(() => askRunningHost(folder.path, { action: 'status' }));
    expect([error.code, error.message]).toEqual([
      'offline',
      'Earshot is not running. Open the application, or start it with “earshot serve”.',
    ]);
  });

  it('takes the place of one that a killed host left behind', async () => {
    writeFileSync(controlSocketPath(folder.path), '');
    await listen();
    expect(await askRunningHost(folder.path, { action: 'status' })).toEqual(IDLE);
  });

  it('is one for each data folder', async () => {
    await listen();
    const error = await errorOf(() => listenForControl(folder.path, () => IDLE));
    expect(error.code).toBe('bad-usage');
    expect(await askRunningHost(folder.path, { action: 'status' })).toEqual(IDLE);
    await server?.close();
    await listen();
    expect(await askRunningHost(folder.path, { action: 'status' })).toEqual(IDLE);
  });

  it('refuses what is no request, and goes on', async () => {
    await listen();
    for (const text of [
      'nonsense\n',
      '{"action":"explode"}\n',
      '{"action":"stop","more":1}\n',
      'x'.repeat(70_000),
    ]) {
      expect(JSON.parse(await sendRaw(text))).toMatchObject({ ok: false, error: { code: 'protocol' } });
    }
    expect(asked).toEqual([]);
    expect(await askRunningHost(folder.path, { action: 'status' })).toEqual(IDLE);
  });

  it('hands on what the host refuses', async () => {
    server = await listenForControl(folder.path, () => {
      throw new Error('inside');
    });
    expect((await errorOf(() => askRunningHost(folder.path, { action: 'stop' }))).message).toBe('inside');
  });

  it('works for a data folder with a path too long for a socket', async () => {
    const deep = join(folder.path, 'd'.repeat(120));
    expect(controlSocketPath(deep).length).toBeLessThanOrEqual(103);
  });
});

describe('a state in words', () => {
  it('says what is heard, and why nothing is', () => {
    expect(describeState({ ...IDLE, activity: 'listening', sourceLabel: 'USB' })).toBe('Listening to USB.');
    const problem = {
      code: 'device-unavailable',
      message: 'There is no microphone.',
      retryable: false,
    } as const;
    expect(describeState({ ...IDLE, problem })).toBe('Not listening. There is no microphone.');
  });
});
