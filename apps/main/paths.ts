import { join, sep } from 'node:path';

/**
 * Where a file lies that another process starts from: packed, `app.asar` is one file that only Electron's own
 * processes look into, and what is needed outside lies beside it.
 */
export function unpacked(path: string): string {
  return path.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
}

/** The parts of the application, seen from the folder of the bundled main process (`out/main`). */
export function applicationPaths(mainFolder: string) {
  const icons = join(mainFolder, '..', '..', 'resources', 'icons');
  return {
    renderer: join(mainFolder, '..', 'renderer'),
    preload: join(mainFolder, '..', 'preload', 'index.cjs'),
    inference: unpacked(join(mainFolder, 'inference.js')),
    capture: unpacked(join(mainFolder, 'capture.js')),
    icons: join(icons, 'tray'),
    appIcon: join(icons, 'app-512.png'),
  };
}
