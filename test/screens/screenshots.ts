/**
 * Takes a picture of every scene, light and dark, wide and narrow, into `out/screenshots`.
 * `npm run -s screenshots` takes all; names after `--` take those, `--size=1920x1080` takes them in that size.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SCENES } from '../../apps/renderer/scenes/all-scenes.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { ScenePages, type Look } from './scene-page.ts';
import { buildScenes, serveFolder } from './scene-server.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 420, height: 760 },
];
const sizes = process.argv.slice(2).flatMap((argument) => {
  const [, width, height] = /^--size=(\d+)x(\d+)$/.exec(argument) ?? [];
  return width === undefined ? [] : [{ width: Number(width), height: Number(height) }];
});
const LOOKS: readonly Look[] = (['light', 'dark'] as const).flatMap((theme) =>
  (sizes.length > 0 ? sizes : SIZES).map((size) => ({ theme, ...size })),
);

const repository = process.cwd();
const executable = findChromium();
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const names = Object.keys(SCENES).filter((name) => wanted.length === 0 || wanted.includes(name));

if (executable === undefined) {
  process.stderr.write('Chromium was not found. Install it, or name it in CHROMIUM_PATH.\n');
  process.exitCode = 1;
} else {
  const output = join(repository, 'out', 'screenshots');
  mkdirSync(output, { recursive: true });
  const server = await serveFolder(await buildScenes(repository));
  const browser = await launchChromium(executable);
  const pages = new ScenePages(browser, server.address);
  let complaints = 0;
  try {
    for (const name of names) {
      const scene = SCENES[name];
      if (!scene) continue;
      const taken = LOOKS.map(async (look) => {
        const opened = await pages.open(name, scene, look);
        await opened.page.screenshot({ path: join(output, `${name}-${look.width}-${look.theme}.png`) });
        for (const complaint of opened.complaints) {
          complaints += 1;
          process.stderr.write(`${name}: ${complaint}\n`);
        }
      });
      await Promise.all(taken);
    }
    process.stdout.write(
      `${names.length * LOOKS.length} pictures of ${names.length} scenes are in ${output}\n`,
    );
    if (complaints > 0) process.exitCode = 1;
  } finally {
    await browser.close();
    await server.close();
  }
}
