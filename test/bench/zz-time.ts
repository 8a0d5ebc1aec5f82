import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SCENES } from '../../apps/renderer/scenes/all-scenes.ts';
import { findChromium, launchChromium } from '../screens/chromium.ts';
import { openScene } from '../screens/scene-page.ts';
import { serveFolder } from '../screens/scene-server.ts';
const axe = readFileSync(createRequire('/work/main/package.json').resolve('axe-core/axe.min.js'), 'utf8');
const server = await serveFolder('/work/main/out/scenes');
const browser = await launchChromium(findChromium() ?? '');
for (const name of ['speaking', 'idle', 'settings-sounds', 'three-hours', 'session']) {
  for (const width of [1280, 420]) {
    const t0 = performance.now();
    const o = await openScene(browser, server.address, name, SCENES[name] ?? {}, { theme: 'light', width, height: 800 });
    const t1 = performance.now();
    await o.page.evaluate(axe);
    const t2 = performance.now();
    await o.page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)");
    const t3 = performance.now();
    const each = await o.page.evaluate("axe.run(document, { resultTypes: ['violations'], performanceTimer: true, elementRef: false }).then(() => performance.getEntriesByType('measure').map(m => [m.name, m.duration]).sort((a,b)=>b[1]-a[1]).slice(0,6))");
    await o.close();
    const t4 = performance.now();
    console.log(name, width, 'open', (t1 - t0).toFixed(0), 'inject', (t2 - t1).toFixed(0), 'axe', (t3 - t2).toFixed(0), 'axe2+close', (t4 - t3).toFixed(0), JSON.stringify(each));
  }
}
await browser.close(); await server.close();
