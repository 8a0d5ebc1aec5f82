import { LIVE_SCENES } from './live-scenes.ts';
import { PAGE_SCENES } from './page-scenes.ts';
import type { Scene } from './scene.ts';
import { SETTINGS_SCENES } from './settings-scenes.ts';
import { TROUBLE_SCENES } from './trouble-scenes.ts';

/** Every state that is looked at, by the name it has in an address and in the file of its picture. */
export const SCENES: Readonly<Record<string, Scene>> = {
  ...PAGE_SCENES,
  ...SETTINGS_SCENES,
  ...LIVE_SCENES,
  ...TROUBLE_SCENES,
};
