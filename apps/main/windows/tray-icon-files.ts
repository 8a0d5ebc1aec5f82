import type { TrayFace } from './tray-model.ts';

export interface TrayIconFile {
  readonly name: string;
  readonly scaleFactor: number;
}

/** Pixels of the icon at each scale: 16 points on Windows, 22 on the panels of Linux desktops. */
const WINDOWS_SIZES = [
  { pixels: 16, scaleFactor: 1 },
  { pixels: 24, scaleFactor: 1.5 },
  { pixels: 32, scaleFactor: 2 },
  { pixels: 48, scaleFactor: 3 },
] as const;
const LINUX_SIZES = [
  { pixels: 22, scaleFactor: 1 },
  { pixels: 44, scaleFactor: 2 },
] as const;

/**
 * The images of a tray icon, the one for an ordinary display first. macOS colours a template itself and finds its
 * larger sister by the name.
 *
 * @param systemIsDark - whether the system draws its own bars dark.
 * @param desktop - `XDG_CURRENT_DESKTOP`; of the Linux desktops only KDE's panel follows the theme, the others are dark.
 */
export function trayIconFiles(
  face: TrayFace,
  platform: NodeJS.Platform,
  systemIsDark: boolean,
  desktop: string | undefined,
): readonly [TrayIconFile, ...TrayIconFile[]] {
  if (platform === 'darwin') return [{ name: `${face}Template.png`, scaleFactor: 1 }];
  const follows = platform === 'win32' || /kde/i.test(desktop ?? '');
  const panel = follows && !systemIsDark ? 'light' : 'dark';
  const [first, ...others] = platform === 'win32' ? WINDOWS_SIZES : LINUX_SIZES;
  const file = ({ pixels, scaleFactor }: { pixels: number; scaleFactor: number }): TrayIconFile => ({
    name: `${face}-${panel}-${pixels}.png`,
    scaleFactor,
  });
  return [file(first), ...others.map(file)];
}
