/** A sound that is to be notified: from the microphone to a notification of the system. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoPulse, type PulseHarness } from '../capture/pulse.ts';
import { makeAlarm } from '../sounds/alarms.ts';
import { MicrophoneDesktop } from './microphone-desktop.ts';
import { ask, collectPushes, prepareDesktop, untilPush } from './prepare.ts';
import { whyNoDesktop, type DesktopUnderTest } from './stand-in/launch.ts';
import type { View } from './stand-in/remote-control.ts';

const missing = whyNoDesktop() ?? whyNoPulse();

describe.skipIf(missing)('a sound that is to be notified', { timeout: 60_000, retry: 1 }, () => {
  let started: MicrophoneDesktop;
  let pulse: PulseHarness;
  let desktop: DesktopUnderTest;

  beforeAll(prepareDesktop);
  beforeEach(async () => {
    const sounds = { classes: { doorbell: { action: 'notify' as const } } };
    started = await MicrophoneDesktop.start({ voice: { enabled: false }, sounds });
    ({ pulse, desktop } = started);
  });
  afterEach(() => started.dispose());

  it('becomes a notice in the stream and a notification of the system', async () => {
    const page = await desktop.page();
    await collectPushes(page);
    await ask(page, 'listen.start', {});
    await untilPush(page, (push) => push.kind === 'event' && push.event.type === 'decision');
    await desktop.act({ kind: 'blur-window' });
    await pulse.play(makeAlarm('doorbell', 6).map((sample) => 0.3 * sample));
    const pushes = await untilPush(page, (push) => push.kind === 'event' && push.event.type === 'reply');
    const replies = pushes.flatMap((push) =>
      push.kind === 'event' && push.event.type === 'reply' ? [push.event] : [],
    );
    expect(replies).toMatchObject([{ trigger: { kind: 'sound' }, aloud: false }]);
    const notified = ({ notifications }: View): boolean =>
      notifications.some(({ body }) => body === 'The doorbell rang.');
    expect(notified(await desktop.until(notified))).toBe(true);
    expect(await desktop.quit()).toBe(0);
  });
});
