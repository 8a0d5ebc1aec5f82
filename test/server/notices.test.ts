/** A sound that is to be notified: a bell at the microphone of a real Chromium, through the real engine, to what the page shows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ, settingsSchema } from '#protocol';
import { saveSettings } from '#session';
import { prepareDesktop } from '../electron/prepare.ts';
import { findChromium, launchChromium } from '../screens/chromium.ts';
import { makeAlarm } from '../sounds/alarms.ts';
import { microphoneArguments } from './microphone-file.ts';
import { ServerProcess, makeDataFolder, type DataFolder, endServers } from './server-process.ts';

const executable = findChromium();
if (!executable)
  process.stdout.write('Notices in the window over `earshot serve` are not tested: there is no Chromium.\n');

const NOTICE = 'The doorbell rang.';

/** Writes down what the page notifies of and what it says, in a page that nobody looks at. */
const WITNESS = `
  window.witness = { notified: [], said: [] };
  document.hasFocus = () => false;
  window.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options);
      window.witness.notified.push(options.body);
    }
  };
  speechSynthesis.speak = ({ text }) => void window.witness.said.push(text);
`;

interface Witness {
  readonly notified: readonly string[];
  readonly said: readonly string[];
}

/** A bell, then a quarter of a minute of silence. */
function bellAtTheDoor(): Float32Array {
  const recording = new Float32Array(20 * SAMPLE_RATE_HZ);
  recording.set(
    makeAlarm('doorbell', 4).map((sample) => 0.3 * sample),
    SAMPLE_RATE_HZ,
  );
  return recording;
}

const witnessOf = (page: Page): Promise<Witness> => page.evaluate('window.witness');

describe.skipIf(!executable)('a bell in the window over earshot serve', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-notices-'));
  let data: DataFolder;
  let browser: Browser;

  beforeAll(async () => {
    await prepareDesktop();
    browser = await launchChromium(executable ?? '', await microphoneArguments(folder, bellAtTheDoor()));
  }, 120_000);
  beforeEach(async () => {
    data = { ...(await makeDataFolder()), rendererPath: resolve('out', 'renderer') };
    return () => data.remove();
  });
  afterAll(async () => {
    endServers();
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Listens with a voice that is on, until the line about the bell stands in the window. */
  async function listen(action: 'notify' | 'say'): Promise<Witness> {
    const settings = {
      welcomed: true,
      voice: { enabled: true, by: 'window' as const },
      sounds: { classes: { doorbell: { action } } },
    };
    await saveSettings(join(data.path, 'settings.json'), settingsSchema.parse(settings));
    const server = await ServerProcess.start(data);
    const permissions = ['microphone', 'notifications'];
    const context = await browser.newContext({ locale: 'en-GB', permissions });
    await context.addInitScript(WITNESS);
    const page = await context.newPage();
    await page.goto(String(server.address('token')));
    await page.getByRole('main').getByRole('button', { name: 'Listen' }).click();
    await page.getByText(NOTICE).first().waitFor({ timeout: 60_000 });
    await expect.poll(async () => (await witnessOf(page)).notified).toEqual([NOTICE]);
    if (action === 'say') await expect.poll(async () => (await witnessOf(page)).said).toEqual([NOTICE]);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Not listening').first().waitFor();
    const witness = await witnessOf(page);
    await context.close();
    expect(await server.end()).toBe(0);
    return witness;
  }

  it('is shown and notified, and not said, when it is to be notified', async () => {
    expect(await listen('notify')).toEqual({ notified: [NOTICE], said: [] });
  });

  it('is said as well when it is to be said', async () => {
    expect(await listen('say')).toEqual({ notified: [NOTICE], said: [NOTICE] });
  });
});
