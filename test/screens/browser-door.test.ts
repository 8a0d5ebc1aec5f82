import { createServer, type Server } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { doorRequestSchema, settingsSchema, type DoorPush, type HostState } from '#protocol';
import { IDLE, LISTENING, WELL, hostInfo, line, said } from '../../apps/renderer/scenes/builders.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { buildWindows } from './scene-server.ts';

const repository = join(import.meta.dirname, '..', '..');
const executable = findChromium();
const TONE_HZ = 440;
const PLAYED_HZ = 1_000;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** Four seconds of a tone as a 16-bit WAV file: what Chromium's fake microphone plays. */
function toneFile(folder: string): string {
  const rate = 48_000;
  const samples = Int16Array.from(
    { length: rate * 4 },
    (_, index) => Math.sin((2 * Math.PI * TONE_HZ * index) / rate) * 16_000,
  );
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  const path = join(folder, 'tone.wav');
  writeFileSync(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
  return path;
}

/** A tone crosses zero upwards once a period: that counts its frequency, after the first half second. */
function frequencyOf(sound: Float32Array, rateHz: number): number {
  const from = rateHz / 2;
  let crossings = 0;
  for (let index = from; index < sound.length; index += 1) {
    if ((sound[index - 1] ?? 0) < 0 && (sound[index] ?? 0) >= 0) crossings += 1;
  }
  return crossings / ((sound.length - from) / rateHz);
}

/** A host of the least kind: the pages, and a door that answers from a table and keeps the sound it gets. */
class SmallHost {
  readonly heard: Float32Array[] = [];
  readonly asked: { method: string; params: unknown }[] = [];
  readonly tokens: string[] = [];
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  #state: HostState = IDLE;

  constructor(folder: string) {
    this.#http = createServer((request, response) => {
      const file = join(folder, new URL(request.url ?? '/', 'http://x').pathname);
      if (!existsSync(file)) return void response.writeHead(404).end();
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
      response.end(readFileSync(file));
    });
    this.#sockets = new WebSocketServer({ server: this.#http, path: '/door' });
    this.#sockets.on('connection', (socket, request) => {
      this.tokens.push(new URL(request.url ?? '', 'http://x').searchParams.get('token') ?? '');
      socket.on('message', (data: Buffer, binary) =>
        binary ? this.#hear(data) : this.#answer(socket, String(data)),
      );
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    const address = this.#http.address();
    return typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  }

  say(push: DoorPush): void {
    for (const socket of this.#sockets.clients) socket.send(JSON.stringify(push));
  }

  sound(): Float32Array {
    return Float32Array.from(this.heard.flatMap((block) => [...block]));
  }

  forget(): void {
    this.heard.length = 0;
    this.asked.length = 0;
    this.tokens.length = 0;
  }

  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async close(): Promise<void> {
    this.drop();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #hear(data: Buffer): void {
    this.heard.push(new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)));
  }

  #answer(socket: WebSocket, text: string): void {
    const { id, method, params } = doorRequestSchema.parse(JSON.parse(text));
    this.asked.push({ method, params });
    if (method === 'listen.start') this.#state = LISTENING;
    if (method === 'listen.stop') this.#state = IDLE;
    const browser = {
      nativeMicrophone: false,
      systemAudio: true,
      hotkey: false,
      startAtLogin: false,
      captionsWindow: false,
    };
    const answers: Record<string, unknown> = {
      ...WELL,
      'host.info': hostInfo({ kind: 'browser' }, browser),
      'host.state': this.#state,
      'settings.get': settingsSchema.parse({ welcomed: true }),
      'sessions.list': [],
      'sessions.get': undefined,
      'listen.start': this.#state,
      'listen.stop': this.#state,
    };
    const result = answers[method];
    const refusal = { code: 'not-found', message: 'not here', retryable: false };
    socket.send(
      JSON.stringify(result === undefined ? { id, ok: false, error: refusal } : { id, ok: true, result }),
    );
  }
}

describe.skipIf(executable === undefined)('the window in a browser', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-window-'));
  let browser: Browser;
  let host: SmallHost;
  let address: string;
  beforeAll(async () => {
    host = new SmallHost(await buildWindows(repository));
    address = await host.listen();
    browser = await launchChromium(executable ?? '', [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${toneFile(folder)}`,
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sends what its microphone hears, shows what the host says, and comes back when the line drops', async () => {
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${address}/index.html?token=secret`);
    await expect.poll(() => host.tokens).toEqual(['secret']);
    expect(page.url()).not.toContain('secret');

    await page.getByRole('main').getByRole('button', { name: 'Listen' }).click();
    await expect
      .poll(() => host.heard.reduce((sum, { length }) => sum + length, 0), { timeout: 15_000 })
      .toBeGreaterThan(48_000);
    const started = host.asked.find(({ method }) => method === 'listen.start')?.params as {
      source: { kind: string; sampleRateHz: number };
    };
    expect(started.source.kind).toBe('window');
    const frequency = frequencyOf(host.sound(), started.source.sampleRateHz);
    expect(Math.abs(frequency / TONE_HZ - 1)).toBeLessThan(0.03);

    for (const push of said([line(1, 0, 1, 'A steady tone.')])) host.say(push);
    await page.getByText('A steady tone.').first().waitFor();
    host.drop();
    await page.getByText('The connection to Earshot is lost').waitFor();
    await page.getByText('The connection to Earshot is lost').waitFor({ state: 'detached' });
    expect(host.tokens).toEqual(['secret', 'secret']);
    await page.getByText('A steady tone.').first().waitFor();

    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Not listening').waitFor();
    const heard = host.heard.length;
    await page.waitForTimeout(300);
    expect(host.heard.length).toBe(heard);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('sends microphone and system sound side by side, so that the host can tell them apart', async () => {
    host.forget();
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    const page = await context.newPage();
    // Without a screen there is nothing to share: a tone of another height stands for what the machine plays.
    await page.addInitScript((frequency) => {
      navigator.mediaDevices.getDisplayMedia = async () => {
        const playing = new AudioContext();
        const tone = new OscillatorNode(playing, { frequency });
        const shared = playing.createMediaStreamDestination();
        tone.connect(shared);
        tone.start();
        await playing.resume();
        return shared.stream;
      };
    }, PLAYED_HZ);
    await page.goto(`${address}/index.html?token=secret`);
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).waitFor();
    await page.locator('.pulse-source').click();
    await page.getByRole('menuitemcheckbox', { name: 'Microphone and system sound' }).click();
    await expect
      .poll(() => host.heard.reduce((sum, { length }) => sum + length, 0), { timeout: 15_000 })
      .toBeGreaterThan(96_000);
    const started = host.asked.find(({ method }) => method === 'listen.start')?.params as {
      source: { apart?: true; sampleRateHz: number };
    };
    expect(started.source.apart).toBe(true);
    const sound = host.sound();
    const [me, others] = [0, 1].map((channel) => sound.filter((_, index) => index % 2 === channel));
    const rateHz = started.source.sampleRateHz;
    expect(Math.abs(frequencyOf(me ?? sound, rateHz) / TONE_HZ - 1)).toBeLessThan(0.03);
    expect(Math.abs(frequencyOf(others ?? sound, rateHz) / PLAYED_HZ - 1)).toBeLessThan(0.03);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Not listening', { exact: true }).waitFor();
    await context.close();
  });
});
