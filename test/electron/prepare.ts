/** What the desktop tests share: the built application, data folders with models, and a page's way to the host. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import {
  settingsSchema,
  type DesktopDoor,
  type DoorMethod,
  type DoorParams,
  type DoorPush,
  type DoorResult,
} from '#protocol';
import { saveSettings } from '#session';
import { installTestModels } from '../setup/test-models.ts';
import { buildStandIn } from './stand-in/launch.ts';

const root = join(import.meta.dirname, '../..');

/**
 * Builds what is old, once for a test run: test files run side by side, and a build takes from under an application
 * that runs the files it starts its processes from.
 */
export async function prepareDesktop(): Promise<void> {
  const { appIsStale, buildApp } = (await import('../../build/app.mjs')) as {
    appIsStale(): boolean;
    buildApp(): Promise<void>;
  };
  const lock = join(root, 'out', 'desktop-build.lock');
  const lastRun = join(root, 'out', 'desktop-build.run');
  const deadline = performance.now() + 60_000;
  while (!tryLock(lock)) {
    if (performance.now() > deadline) break;
    await delay(100);
  }
  try {
    const run = String(process.ppid);
    if (readIfThere(lastRun) === run) return;
    if (appIsStale()) await buildApp();
    await buildStandIn();
    writeFileSync(lastRun, run);
  } finally {
    rmdirSync(lock);
  }
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function tryLock(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}

export interface TestDataFolder {
  readonly path: string;
  dispose(): Promise<void>;
}

/** An empty data folder. `models`: those of the embedded engine are in it; `welcomed`: the first steps were taken. */
export async function openTestDataFolder({ models = false, welcomed = false } = {}): Promise<TestDataFolder> {
  const path = await mkdtemp(join(tmpdir(), 'earshot-desktop-'));
  if (models) await symlink(await installTestModels(root), join(path, 'models'));
  if (welcomed) await saveSettings(join(path, 'settings.json'), settingsSchema.parse({ welcomed: true }));
  return { path, dispose: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** What a test keeps in a page. */
interface PageWithDoor {
  readonly earshot: DesktopDoor;
  heardPushes?: DoorPush[];
}

/** Asks the host from within a page, as the window does. */
export function ask<Method extends DoorMethod>(
  page: Page,
  method: Method,
  params: DoorParams<Method>,
): Promise<DoorResult<Method>> {
  // Plain data, copied into the page; its type survives the copy, which the compiler cannot know.
  const copied: unknown = params;
  return page.evaluate(
    ([name, values]) =>
      (globalThis as unknown as PageWithDoor).earshot.ask(name, values as DoorParams<Method>),
    [method, copied] as const,
  );
}

/** Collects what the host says unasked, from now on. */
export async function collectPushes(page: Page): Promise<void> {
  await page.evaluate(() => {
    const here = globalThis as unknown as PageWithDoor;
    const pushes: DoorPush[] = [];
    here.heardPushes = pushes;
    here.earshot.onPush((push) => pushes.push(push));
  });
}

export function pushesOf(page: Page): Promise<DoorPush[]> {
  return page.evaluate(() => (globalThis as unknown as PageWithDoor).heardPushes ?? []);
}

/** Waits for a push; what was collected so far when it is there. */
export async function untilPush(
  page: Page,
  isWanted: (push: DoorPush) => boolean,
  timeoutMs = 20_000,
): Promise<DoorPush[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const pushes = await pushesOf(page);
    if (pushes.some(isWanted)) return pushes;
    if (performance.now() > deadline) {
      const isTelling = (push: DoorPush): boolean =>
        push.kind !== 'level' && !(push.kind === 'event' && push.event.type === 'decision');
      const last = pushes.filter(isTelling).slice(-8);
      throw new Error(`it never came; the last of what did: ${JSON.stringify(last)}`);
    }
    await delay(50);
  }
}
