/**
 * Draws the application and tray images of `resources/icons` from their SVG sources: `node build/icons.mjs`. Chromium does
 * the drawing (`CHROMIUM_PATH`, else Debian's place for it). The images are committed; this runs when a source changes.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'resources', 'icons');

const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const MAC_SIZES = [512, 1024];
/** Panels of Windows and Linux: 16 to 24 px, twice that on dense screens. */
const TRAY_SIZES = [16, 22, 24, 32, 44, 48];
const TRAY_STATES = ['idle', 'listening', 'speaking', 'error'];

/** Colours by the panel the image stands on. A macOS template has a shape only: the system colours it. */
const PANELS = {
  light: { ink: '#1b1d24', listening: '#00626c', speaking: '#6b2fa0', error: '#a31621' },
  dark: { ink: '#f4f2ec', listening: '#7fdbe3', speaking: '#d9b6ff', error: '#ffb3a8' },
  template: { ink: '#000', listening: '#000', speaking: '#000', error: '#000' },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--force-color-profile=srgb'],
});

/** One SVG as a PNG of a size, with the ground left clear. */
async function draw(svg, size, file, colours = {}) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const variables = Object.entries(colours).map(([name, value]) => `--${name}:${value}`);
  await page.setContent(
    `<style>:root{${variables.join(';')}}*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`,
  );
  await writeFile(file, await page.screenshot({ omitBackground: true }));
  await page.close();
}

await mkdir(join(folder, 'tray'), { recursive: true });
const app = await readFile(join(folder, 'app.svg'), 'utf8');
for (const size of APP_SIZES) await draw(app, size, join(folder, `app-${size}.png`));
const mac = await readFile(join(folder, 'app-mac.svg'), 'utf8');
for (const size of MAC_SIZES) await draw(mac, size, join(folder, `app-mac-${size}.png`));
for (const state of TRAY_STATES) {
  const svg = await readFile(join(folder, `tray-${state}.svg`), 'utf8');
  for (const panel of ['light', 'dark']) {
    for (const size of TRAY_SIZES) {
      await draw(svg, size, join(folder, 'tray', `${state}-${panel}-${size}.png`), PANELS[panel]);
    }
  }
  // Electron finds the doubled image by its name, and takes "Template" as the sign that the system colours it.
  await draw(svg, 18, join(folder, 'tray', `${state}Template.png`), PANELS.template);
  await draw(svg, 36, join(folder, 'tray', `${state}Template@2x.png`), PANELS.template);
}
await browser.close();
