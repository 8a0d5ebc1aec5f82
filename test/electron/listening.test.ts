/** From the microphone to the search: the built application, a real microphone device, a real browser window. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { referenceSamples } from '../../apps/audio/test-support.ts';
import { whyNoPulse, type PulseHarness } from '../capture/pulse.ts';
import { MicrophoneDesktop } from './microphone-desktop.ts';
import { ask, collectPushes, prepareDesktop, untilPush } from './prepare.ts';
import { SENTENCE, isActivity, isFinalSentence } from './spoken.ts';
import { whyNoDesktop, type DesktopUnderTest } from './stand-in/launch.ts';

const HOTKEY = 'CommandOrControl+Shift+Space';

const missing = whyNoDesktop() ?? whyNoPulse();
if (missing) process.stdout.write(`Listening on the desktop is not tested: ${missing}.\n`);

/** The process that runs an entry of ours below a parent. */
function childRunning(entry: string, parentPid: number | undefined): number {
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const status = readFileSync(join('/proc', name, 'status'), 'utf8');
      const isChild = status.includes(`PPid:\t${parentPid}\n`);
      if (isChild && readFileSync(join('/proc', name, 'cmdline'), 'utf8').includes(entry))
        return Number(name);
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error(`nothing runs ${entry}`);
}

describe.skipIf(missing)('listening on the desktop', { timeout: 60_000, retry: 1 }, () => {
  let started: MicrophoneDesktop;
  let pulse: PulseHarness;
  let desktop: DesktopUnderTest;
  let recording: Float32Array;

  beforeAll(async () => {
    await prepareDesktop();
    recording = await referenceSamples();
  });
  beforeEach(async () => {
    started = await MicrophoneDesktop.start();
    ({ pulse, desktop } = started);
  });
  afterEach(() => started.dispose());

  it('hears, settles, finds, exports, and still has it after a restart', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    expect((await desktop.act({ kind: 'press-hotkey', accelerator: HOTKEY })).pressed).toBe(true);
    await untilPush(page, isActivity('listening'));
    await desktop.until(({ tray }) => tray?.image.includes('listening-') === true);
    await pulse.play(recording);
    const pushes = await untilPush(page, isFinalSentence);
    const partial = pushes.some(
      (push) =>
        push.kind === 'event' &&
        push.event.type === 'transcript' &&
        !push.event.final &&
        push.event.text !== '',
    );
    expect(partial).toBe(true);
    await page.getByText(SENTENCE).first().waitFor();

    await desktop.act({ kind: 'click-tray', item: 'toggle' });
    await untilPush(page, isActivity('idle'));
    expect((await desktop.until(({ tray }) => tray?.image.includes('idle-') === true)).tray).toBeDefined();

    // Found and opened the way a person does it.
    await page.locator('#search-field').fill('young man');
    const hit = page.locator('.hit').first();
    await hit.waitFor();
    expect(await hit.locator('mark').allTextContents()).not.toHaveLength(0);
    expect(await hit.textContent()).toMatch(SENTENCE);
    await hit.click();
    await page.getByText(SENTENCE).first().waitFor();

    // The menu's item is the page's own shortcut.
    await desktop.act({ kind: 'click-menu', item: 'Export session…' });
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const download = page.waitForEvent('download');
    await dialog.getByText('SubRip').click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    expect((await download).suggestedFilename()).toMatch(/\.srt$/);
    const [{ sessionId = -1 } = {}] = await ask(page, 'sessions.search', { text: 'young', limit: 1 });
    const exported = await ask(page, 'sessions.export', { id: sessionId, format: 'srt' });
    expect(exported.text).toMatch(SENTENCE);
    expect(exported.text).toContain(' --> ');
    expect(await desktop.quit()).toBe(0);
    expect(desktop.stderr).toBe('');

    desktop = started.launch();
    const again = await desktop.page();
    const [session] = await ask(again, 'sessions.list', { limit: 10, offset: 0 });
    expect(session).toMatchObject({ state: 'complete', live: true });
    const kept = await ask(again, 'sessions.get', { id: session?.id ?? -1 });
    expect(kept.entries.some((entry) => entry.type === 'transcript' && SENTENCE.test(entry.text))).toBe(true);
    await again.locator('.sessions').getByRole('button').first().click();
    await again.getByText(SENTENCE).first().waitFor();
  });

  it('says so when the inference process dies, and goes on', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    await ask(page, 'listen.start', {});
    await untilPush(page, isActivity('listening'));
    await untilPush(page, (push) => push.kind === 'event' && push.event.type === 'decision');
    process.kill(childRunning('inference.js', desktop.process.pid), 'SIGKILL');
    await untilPush(page, isActivity('restarting'));
    await page.getByText('The engine stopped and is starting again').waitFor();
    expect((await desktop.look()).tray?.image).toContain('error-');
    await pulse.play(recording);
    const pushes = await untilPush(page, isFinalSentence);
    expect(
      pushes.some(
        (push) =>
          push.kind === 'event' && push.event.type === 'error' && push.event.code === 'worker-crashed',
      ),
    ).toBe(true);
    expect((await ask(page, 'host.state', {})).activity).toBe('listening');
    expect(await desktop.quit()).toBe(0);
  });

  it('loses nothing when it is killed', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    await ask(page, 'listen.start', {});
    await untilPush(page, isActivity('listening'));
    await pulse.play(recording);
    // In the middle of the sentence's last words: nothing of it is final yet.
    await desktop.kill();

    desktop = started.launch();
    const again = await desktop.page();
    await collectPushes(again);
    const [interrupted] = await ask(again, 'sessions.recoverable', {});
    expect(interrupted?.recoverableSeconds).toBeGreaterThan(2);
    await ask(again, 'sessions.recover', { id: interrupted?.session.id ?? -1 });
    await untilPush(again, (push) => push.kind === 'import' && push.import.state === 'done');
    const { entries } = await ask(again, 'sessions.get', { id: interrupted?.session.id ?? -1 });
    expect(entries.map((entry) => ('text' in entry ? entry.text : '')).join(' ')).toMatch(
      /not an ill.{0,12} young/i,
    );
  });

  it('ends the session before the computer sleeps and begins another when it wakes', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    await ask(page, 'listen.start', {});
    await untilPush(page, (push) => push.kind === 'event' && push.event.type === 'decision');
    const { sessionId } = await ask(page, 'host.state', {});
    await desktop.act({ kind: 'power', event: 'suspend' });
    await untilPush(page, isActivity('idle'));
    await desktop.act({ kind: 'power', event: 'resume' });
    const view = await desktop.until(({ notifications }) => notifications.length > 0);
    expect(view.notifications.at(-1)?.title).toBe('Listening again');
    const state = await ask(page, 'host.state', {});
    expect(state.activity).toBe('listening');
    expect(state.sessionId).not.toBe(sessionId);
    const sessions = await ask(page, 'sessions.list', { limit: 10, offset: 0 });
    expect(sessions.find(({ id }) => id === sessionId)?.state).toBe('complete');
  });

  it('tells that the microphone went away, and hears it when it is back', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    await ask(page, 'listen.start', {});
    await untilPush(page, (push) => push.kind === 'event' && push.event.type === 'decision');
    await pulse.unplug();
    await untilPush(page, isActivity('source-lost'));
    const view = await desktop.until(({ notifications }) => notifications.length > 0);
    expect(view.notifications[0]?.title).toBe('The microphone went away');
    expect(view.tray?.image).toMatch(/error-/);
    await pulse.plugIn();
    await untilPush(
      page,
      (push) =>
        push.kind === 'event' && push.event.type === 'error' && push.event.code === 'source-recovered',
    );
    await desktop.until(({ tray }) => tray?.image.includes('listening-') === true);
  });

  it('hears sound that a window captures', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    const source = { kind: 'window', label: 'System sound', sampleRateHz: 16_000 } as const;
    await ask(page, 'listen.start', { source });
    const send = (samples: number[]) =>
      page.evaluate(async (sound) => {
        const { earshot } = globalThis as unknown as { earshot: { sendAudio(samples: Float32Array): void } };
        for (let start = 0; start < sound.length; start += 1_600) {
          earshot.sendAudio(Float32Array.from(sound.slice(start, start + 1_600)));
          await new Promise((resolve) => globalThis.setTimeout(resolve, 100));
        }
      }, samples);
    // A window sends from the first moment on, also while the models are loaded.
    let listening = false;
    const listens = untilPush(page, isActivity('listening')).finally(() => (listening = true));
    while (!listening) await send(new Array<number>(4_800).fill(0));
    await listens;
    await send([...recording, ...new Array<number>(16_000).fill(0)]);
    await untilPush(page, isFinalSentence);
    const [session] = await ask(page, 'sessions.list', { limit: 1, offset: 0 });
    expect(session?.source).toBe('System sound');
  });

  it('is reached from a terminal', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    const command = join(import.meta.dirname, '../../out/cli.js');
    const run = promisify(execFile);
    await run(process.execPath, [command, '--data', started.data.path, 'toggle']);
    await untilPush(page, isActivity('listening'));
    await run(process.execPath, [command, '--data', started.data.path, 'toggle']);
    await untilPush(page, isActivity('idle'));
  });
});
