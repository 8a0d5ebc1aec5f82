/** `earshot serve` as a person uses it: real Chromium, its microphone, the built window, the real engine. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ, settingsSchema } from '#protocol';
import { saveSettings } from '#session';
import { whyNoPulse } from '../capture/pulse.ts';
import { referenceSamples } from '../../apps/audio/test-support.ts';
import { prepareDesktop } from '../electron/prepare.ts';
import { SENTENCE } from '../electron/spoken.ts';
import { findChromium, launchChromium } from '../screens/chromium.ts';
import { hasEspeak } from '../voice/room.ts';
import { SoundingRoom } from '../voice/sounding-room.ts';
import { microphoneArguments } from './microphone-file.ts';
import { ServerProcess, makeDataFolder, type DataFolder, endServers } from './server-process.ts';

const executable = findChromium();
if (!executable)
  process.stdout.write('The window over `earshot serve` is not tested: there is no Chromium.\n');

describe.skipIf(!executable)('the window over earshot serve', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-browser-'));
  let data: DataFolder;
  let browser: Browser;

  beforeAll(async () => {
    await prepareDesktop();
    const made = await makeDataFolder();
    data = { ...made, rendererPath: resolve('out', 'renderer') };
    await saveSettings(
      join(data.path, 'settings.json'),
      settingsSchema.parse({ welcomed: true, journal: { afterEnd: true } }),
    );
    browser = await launchChromium(executable ?? '', await microphoneArguments(folder));
  }, 120_000);
  afterAll(async () => {
    endServers();
    await browser.close();
    await data.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(address: URL): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({
      locale: 'en-GB',
      permissions: ['microphone'],
      acceptDownloads: true,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(String(address));
    return { page, complaints };
  }

  it('hears through the page, settles, is watched, finds, exports, and still has it after a restart', async () => {
    const server = await ServerProcess.start(data);
    const { page, complaints } = await open(server.address('token'));
    const watcher = await open(server.address('watch'));
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).click();

    // Tentative words first, then the settled sentence; the second browser sees the same.
    await page
      .getByText(/not an/i)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.getByText(SENTENCE).first().waitFor({ timeout: 60_000 });
    await watcher.page.getByText(SENTENCE).first().waitFor();
    // The translation that comes with Earshot stands beside it, as a person who has set nothing finds it.
    const translated = page.locator('.line', { hasText: SENTENCE }).first().locator('.line-translation');
    await translated.waitFor({ timeout: 30_000 });
    expect(await translated.getAttribute('lang')).toBe('es');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Not listening').first().waitFor();

    await page.locator('#search-field').fill('young man');
    const hit = page.locator('.hit').first();
    await hit.waitFor();
    expect(await hit.textContent()).toMatch(SENTENCE);
    await hit.click();
    await page.getByText(SENTENCE).first().waitFor();

    // A question about it is answered with the moment, which leads there.
    await page.getByRole('button', { name: 'Ask', exact: true }).first().click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('who mentioned the young man?');
    await page.keyboard.press('Enter');
    const source = page.getByRole('dialog').locator('.hit').first();
    await source.waitFor();
    expect(await source.textContent()).toMatch(SENTENCE);
    await source.click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText(SENTENCE).first().waitFor();

    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const download = page.waitForEvent('download');
    await dialog.getByText('SubRip').click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    expect(await readFile(await (await download).path(), 'utf8')).toMatch(SENTENCE);
    expect([...complaints, ...watcher.complaints]).toEqual([]);
    expect(await server.end()).toBe(0);

    const again = await ServerProcess.start(data);
    const later = await open(again.address('token'));
    await later.page.locator('.sessions').getByRole('button').first().click();
    const line = later.page.getByText(SENTENCE).first();
    await line.waitFor();

    // The sound was kept: it plays from the line on, by the menu and by a key, and ends by itself or on request.
    await line.click({ button: 'right' });
    await later.page.getByRole('menuitem', { name: 'Play from here' }).click();
    const player = later.page.getByRole('region', { name: 'Playing' });
    await player.getByRole('button', { name: 'Pause' }).click();
    expect(await later.page.locator('.moment[aria-current="time"]').textContent()).toMatch(SENTENCE);
    await player.getByRole('button', { name: 'Play', exact: true }).click();
    await later.page.keyboard.press('Escape');
    await player.waitFor({ state: 'detached' });
    await later.page.locator('.moment', { hasText: SENTENCE }).first().focus();
    await later.page.keyboard.press('p');
    await player.waitFor();
    await player.waitFor({ state: 'detached', timeout: 30_000 });
    expect(later.complaints).toEqual([]);
    await again.end();
  });

  it.skipIf(whyNoPulse() !== undefined || !hasEspeak())(
    'is silent while its host speaks, says so, and can stop it',
    async () => {
      const path = join(data.path, 'settings.json');
      const { assistant, voice, ...rest } = settingsSchema.parse({ welcomed: true });
      // The sentence is a request, to an assistant of this name.
      await saveSettings(path, {
        ...rest,
        assistant: { ...assistant, name: 'He was' },
        voice: { ...voice, enabled: true, ratePercent: 60 },
      });
      const room = await SoundingRoom.open();
      const server = await ServerProcess.start({ ...data, env: room.env });
      const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
      await context.addInitScript(`
        window.spokenByPage = [];
        const speech = {
          getVoices: () => [],
          cancel: () => undefined,
          speak: ({ text }) => window.spokenByPage.push(text),
        };
        Object.defineProperty(window, 'speechSynthesis', { value: speech });
      `);
      const page = await context.newPage();
      await page.goto(String(server.address('token')));
      await page.getByRole('main').getByRole('button', { name: 'Listen' }).click();
      // The machine has a microphone here, which hears the loudspeaker too.
      await page.getByText('Listening', { exact: true }).first().waitFor({ timeout: 60_000 });
      await room.sound(await referenceSamples());
      await page.getByText('Speaking').first().waitFor({ timeout: 60_000 });
      const isLoud = (from: number) =>
        room
          .recording()
          .loudspeaker.slice(from)
          .some((sample) => sample > 0.05);
      await expect.poll(() => isLoud(0), { timeout: 20_000 }).toBe(true);
      await page.locator('.reply-stop').first().click();
      await page.getByText('Speaking').first().waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByText('Not listening').first().waitFor();
      const stoppedAt = room.recording().loudspeaker.length + SAMPLE_RATE_HZ / 2;
      await expect
        .poll(() => room.recording().loudspeaker.length, { timeout: 20_000 })
        .toBeGreaterThan(stoppedAt + SAMPLE_RATE_HZ);
      expect(isLoud(stoppedAt)).toBe(false);
      expect(await page.evaluate('window.spokenByPage')).toEqual([]);
      await context.close();
      expect(await server.end()).toBe(0);
      await room.close();
      await saveSettings(path, settingsSchema.parse({ welcomed: true, journal: { afterEnd: true } }));
    },
  );

  it('tells the session when the page’s own voice begins and ends a sentence, which one page alone says', async () => {
    const path = join(data.path, 'settings.json');
    const { assistant, voice, ...rest } = settingsSchema.parse({ welcomed: true });
    // The sentence of the microphone is a request, to an assistant of this name.
    await saveSettings(path, {
      ...rest,
      assistant: { ...assistant, name: 'He was' },
      voice: { ...voice, enabled: true, by: 'window' },
    });
    const server = await ServerProcess.start(data);
    const context = await browser.newContext({ locale: 'en-GB', permissions: ['microphone'] });
    // There is no voice on a machine without one: each sentence begins at once and lasts a second.
    await context.addInitScript(`
      const speech = {
        getVoices: () => [],
        pause: () => undefined,
        resume: () => undefined,
        cancel: () => undefined,
        speak: (utterance) => {
          setTimeout(() => utterance.onstart(new Event('start')), 20);
          setTimeout(() => utterance.onend(new Event('end')), 1000);
        },
      };
      Object.defineProperty(window, 'speechSynthesis', { value: speech });
    `);
    const page = await context.newPage();
    const told: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (typeof payload === 'string' && payload.includes('replies.spoken')) told.push(payload);
      }),
    );
    const toldByOther: string[] = [];
    const other = await context.newPage();
    other.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (typeof payload === 'string' && payload.includes('replies.spoken')) toldByOther.push(payload);
      }),
    );
    await page.goto(String(server.address('token')));
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).waitFor();
    await other.goto(page.url());
    await other.getByRole('main').getByRole('button', { name: 'Listen' }).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).click();
    await expect.poll(() => told.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(2);
    const params = told.slice(0, 2).map((text) => (JSON.parse(text) as { params: object }).params);
    expect(params).toEqual([
      { sentence: 'I do not know how to answer that.', speaking: true },
      { sentence: 'I do not know how to answer that.', speaking: false },
    ]);
    await other.getByText('I do not know how to answer that.').first().waitFor();
    expect(toldByOther).toEqual([]);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Not listening').first().waitFor();
    await context.close();
    expect(await server.end()).toBe(0);
    await saveSettings(path, settingsSchema.parse({ welcomed: true, journal: { afterEnd: true } }));
  });

  it('says so and goes on when the engine is killed, and every sentence comes once', async () => {
    const server = await ServerProcess.start(data);
    const { page, complaints } = await open(server.address('token'));
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).click();
    await page
      .getByText(/not an/i)
      .first()
      .waitFor({ timeout: 60_000 });
    const victim = inferenceOf(server.pid);
    process.kill(victim, 'SIGKILL');
    await page
      .getByText(/stopped unexpectedly|Restarting/i)
      .first()
      .waitFor({ timeout: 30_000 });
    const settled = page.locator('.line', { hasText: SENTENCE });
    await settled.nth(1).waitFor({ timeout: 60_000 });
    expect(inferenceOf(server.pid)).not.toBe(victim);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Not listening').first().waitFor();
    // The recording plays in a circle of five seconds: a sentence that was said twice would stand closer than that.
    const starts = await finalStarts(server);
    for (let index = 1; index < starts.length; index += 1) {
      expect((starts[index] ?? 0) - (starts[index - 1] ?? 0)).toBeGreaterThan(3);
    }
    expect(complaints).toEqual([]);
    await server.end();
  });
});

/** The one child of the server: its inference process. */
function inferenceOf(serverPid: number): number {
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const isChild = readFileSync(join('/proc', name, 'status'), 'utf8').includes(`PPid:\t${serverPid}\n`);
      if (isChild && readFileSync(join('/proc', name, 'cmdline'), 'utf8').includes('inference.js'))
        return Number(name);
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error('there is no inference process');
}

/** When the sentences of the newest session began. */
async function finalStarts(server: ServerProcess): Promise<number[]> {
  const browser = await server.open(await server.letIn());
  const [session] = await browser.ask<{ id: number }[]>('sessions.list', { limit: 1, offset: 0 });
  const { entries } = await browser.ask<{ entries: { type: string; text: string; start: number }[] }>(
    'sessions.get',
    { id: session?.id },
  );
  browser.socket.close();
  return entries
    .filter(({ type, text }) => type === 'transcript' && SENTENCE.test(text))
    .map(({ start }) => start);
}
