/**
 * Measures a window with a session of three hours at five events a second: how fast it scrolls, what it holds in
 * memory, how soon a new event is painted. `node build/run.mjs --script test/bench/window.ts`.
 */
import type { CDPSession, Page } from 'playwright-core';
import { LIVE_ID, line } from '../../apps/renderer/scenes/builders.ts';
import { SCENES } from '../../apps/renderer/scenes/all-scenes.ts';
import { findChromium, launchChromium } from '../screens/chromium.ts';
import { openScene } from '../screens/scene-page.ts';
import { buildScenes, serveFolder } from '../screens/scene-server.ts';
import { percentile } from './statistics.ts';

const SCENE = 'three-hours';
const SCROLL_SECONDS = 8;
const NEW_EVENTS = 60;

const LIMITS = { framesPerSecond: 50, heapMegabytes: 200, paintMs: 50 } as const;

/** Frame times while the page is scrolled by the wheel, as fast as a hand does, in milliseconds. */
async function scrollFrames(page: Page, session: CDPSession): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const frame = (now: number) => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(window, { benchFrames: frames });
  });
  const end = Date.now() + SCROLL_SECONDS * 1000;
  for (let step = 0; Date.now() < end; step += 1) {
    await session.send('Input.dispatchMouseEvent', {
      type: 'mouseWheel',
      x: 700,
      y: 400,
      deltaX: 0,
      deltaY: step % 200 < 100 ? -240 : 240,
    });
    await page.waitForTimeout(16);
  }
  return page.evaluate(() => (window as unknown as { benchFrames: number[] }).benchFrames.slice(2));
}

/** Wall time from the host's word to the frame that shows it, in milliseconds, for partials that grow line by line. */
async function paintTimes(page: Page): Promise<number[]> {
  await page.keyboard.press('End');
  const button = page.getByRole('button', { name: 'Back to now' });
  if (await button.isVisible()) await button.click();
  const times: number[] = [];
  for (let index = 0; index < NEW_EVENTS; index += 1) {
    const words = `New words number ${index} are here`;
    const event = line(1_000_000 + index, 10_801 + index, 10_802 + index, words, {
      final: index % 3 === 2,
      stable: 4,
    });
    times.push(
      await page.evaluate(
        ({ push, text }) =>
          new Promise<number>((resolve, reject) => {
            const began = performance.now();
            window.earshotScene?.say(push);
            const look = (frames: number) => {
              requestAnimationFrame(() => {
                // A message posted in a frame is handled after that frame is painted.
                const channel = new MessageChannel();
                channel.port1.onmessage = () => {
                  const shown = [...document.querySelectorAll('.line-words')].some((row) =>
                    row.textContent?.includes(text),
                  );
                  if (shown) resolve(performance.now() - began);
                  else if (frames > 60) reject(new Error(`“${text}” was not painted within 60 frames`));
                  else look(frames + 1);
                };
                channel.port2.postMessage(undefined);
              });
            };
            look(0);
          }),
        { push: { kind: 'event' as const, sessionId: LIVE_ID, event }, text: words },
      ),
    );
    await page.waitForTimeout(200);
  }
  return times;
}

async function heapMegabytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

const executable = findChromium();
if (executable === undefined) {
  process.stderr.write('Chromium was not found. Install it, or name it in CHROMIUM_PATH.\n');
  process.exitCode = 1;
} else {
  const server = await serveFolder(await buildScenes(process.cwd()));
  const browser = await launchChromium(executable);
  try {
    const look = { theme: 'light', width: 1280, height: 800 } as const;
    const { page } = await openScene(browser, server.address, SCENE, SCENES[SCENE] ?? {}, look);
    const session = await page.context().newCDPSession(page);
    const paints = await paintTimes(page);
    const frames = await scrollFrames(page, session);
    const heap = await heapMegabytes(session);
    const framesPerSecond = 1000 / (frames.reduce((sum, ms) => sum + ms, 0) / frames.length);
    const rows: readonly (readonly [string, number, string, boolean])[] = [
      ['scrolling, mean', framesPerSecond, 'frames/s', framesPerSecond >= LIMITS.framesPerSecond],
      ['scrolling, 95th percentile of a frame', percentile(frames, 0.95), 'ms', true],
      ['new event painted, median', percentile(paints, 0.5), 'ms', percentile(paints, 0.5) <= LIMITS.paintMs],
      [
        'new event painted, 95th percentile',
        percentile(paints, 0.95),
        'ms',
        percentile(paints, 0.95) <= LIMITS.paintMs,
      ],
      ['heap after garbage collection', heap, 'MB', heap <= LIMITS.heapMegabytes],
    ];
    for (const [name, value, unit, good] of rows) {
      process.stdout.write(
        `${good ? 'ok  ' : 'FAIL'} ${name.padEnd(40)} ${value.toFixed(1).padStart(8)} ${unit}\n`,
      );
    }
    if (rows.some(([, , , good]) => !good)) process.exitCode = 1;
  } finally {
    await browser.close();
    await server.close();
  }
}
