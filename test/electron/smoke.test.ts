import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildStandIn, DesktopUnderTest } from './stand-in/launch.ts';

it('opens', async () => {
  await buildStandIn();
  const dataDir = await mkdtemp(join(tmpdir(), 'earshot-desktop-'));
  const app = DesktopUnderTest.launch({ dataDir });
  try {
    const page = await app.page();
    console.log(await page.title(), await app.look());
    console.log(await page.evaluate(() => (window as any).earshot.ask('host.info', {})));
    console.log(await page.evaluate(() => (window as any).earshot.ask('sessions.get', {id: 4}).catch((e: unknown) => e)));
    console.log(await page.evaluate(() => (window as any).earshot.ask('settings.get', {})));
    console.log(await page.evaluate(() => (window as any).earshot.desktop('captions.show', {})));
    console.log((await app.look()).windows.length, app.stderr);
    console.log('quit', await app.quit(), app.stderr);
  } finally {
    await app.kill();
    console.log(app.stderr);
    await rm(dataDir, { recursive: true, force: true });
  }
});
