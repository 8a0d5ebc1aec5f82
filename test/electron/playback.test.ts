/** Kept sound is heard again while the microphone is on, and is not written down a second time. */
import type { DoorPush } from '#protocol';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { referenceSamples } from '../../apps/audio/test-support.ts';
import { whyNoPulse, type PulseHarness } from '../capture/pulse.ts';
import { MicrophoneDesktop } from './microphone-desktop.ts';
import { ask, collectPushes, prepareDesktop, pushesOf, untilPush } from './prepare.ts';
import { SENTENCE, isActivity, isFinalSentence } from './spoken.ts';
import { whyNoDesktop, type DesktopUnderTest } from './stand-in/launch.ts';

const missing = whyNoDesktop() ?? whyNoPulse();
if (missing) process.stdout.write(`Playing on the desktop is not tested: ${missing}.\n`);

const isHeld = (push: DoorPush) => push.kind === 'state' && push.state.held === true;

describe.skipIf(missing)('playing from a line', { timeout: 90_000, retry: 1 }, () => {
  let started: MicrophoneDesktop;
  let pulse: PulseHarness;
  let desktop: DesktopUnderTest;
  let recording: Float32Array;

  beforeAll(async () => {
    await prepareDesktop();
    recording = await referenceSamples();
  });
  beforeEach(async () => {
    started = await MicrophoneDesktop.start({ journal: { afterEnd: true } });
    ({ pulse, desktop } = started);
  });
  afterEach(() => started.dispose());

  it('is heard from there, and the microphone hears silence until it has ended', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    await ask(page, 'listen.start', {});
    await untilPush(page, isActivity('listening'));
    await pulse.play(recording);
    await untilPush(page, isFinalSentence);
    // What is kept goes on beyond the sentence: it is still played when the microphone has heard it again.
    await page.waitForTimeout(4_000);
    await ask(page, 'listen.stop', {});
    await untilPush(page, isActivity('idle'));
    const [first] = await ask(page, 'sessions.list', { limit: 1, offset: 0 });

    // Another session listens while the first is heard again.
    await collectPushes(page);
    await ask(page, 'listen.start', {});
    await untilPush(page, (push) => push.kind === 'event' && push.event.type === 'decision');
    await page.locator('.sessions').getByRole('button').nth(1).click();
    // The line itself: what is read to a screen reader says the same words, out of sight.
    const line = page.locator('.line-words', { hasText: SENTENCE }).first();
    await line.waitFor();
    await line.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Play from here' }).click();
    const player = page.locator('.player');
    await player.waitFor();
    await untilPush(page, isHeld);
    await player.getByText('Earshot hears silence while this plays').waitFor();
    expect((await ask(page, 'host.state', {})).sessionId).not.toBe(first?.id);

    // What the loudspeaker says comes back through the air.
    await pulse.play(recording);
    expect((await ask(page, 'host.state', {})).held).toBe(true);
    expect(await player.locator('.player-place .time').textContent()).not.toBe('0:00');
    await player.getByRole('button', { name: 'Stop playing' }).click();
    await player.waitFor({ state: 'detached' });
    await expect.poll(async () => (await ask(page, 'host.state', {})).held).toBeUndefined();
    await page.waitForTimeout(1_500);
    const words = (await pushesOf(page)).filter(
      (push) => push.kind === 'event' && push.event.type === 'transcript' && push.event.text !== '',
    );
    expect(words).toEqual([]);

    // Afterwards the microphone is heard as before.
    await pulse.play(recording);
    await untilPush(page, isFinalSentence);
  });
});
