import { execFile, execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO, makeDataFolder } from './earshot.ts';

/** `script` of util-linux gives a command a terminal of its own. */
function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}

let folder: Awaited<ReturnType<typeof makeDataFolder>>;

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
}, 300_000);
afterAll(() => folder.remove());

function onTerminal(command: string, environment: Record<string, string>): Promise<string> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    EARSHOT_DATA_DIR: folder.path,
    TERM: 'xterm',
    ...environment,
  };
  if (environment['NO_COLOR'] === undefined) delete env['NO_COLOR'];
  return new Promise((fulfil, reject) => {
    const line = `stty cols 60 rows 20; ${process.execPath} ${resolve('out', 'cli.js')} ${command}`;
    execFile('script', ['-qec', line, '/dev/null'], { env, maxBuffer: 1e8 }, (error, stdout) => {
      if (error) reject(error);
      else fulfil(stdout);
    });
  });
}

describe.skipIf(!hasScript())('on a terminal', () => {
  it(
    'redraws below the page, wraps to its width and gives the cursor back',
    { timeout: 60_000 },
    async () => {
      const text = await onTerminal(`listen ${DEMO} --pace live --no-keep`, {});
      expect(text.indexOf('\x1b[?25l')).toBeGreaterThanOrEqual(0);
      expect(text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(text.lastIndexOf('\x1b[?25l'));
      const plain = text.replace(/\x1b\[[?\d;]*[A-Za-z]/g, '');
      for (const row of plain.split(/\r?\n|\r/)) {
        if (!row.includes('real time')) expect(row.length).toBeLessThanOrEqual(60);
      }
      expect(plain).toMatch(/ {3}0:08 {2}He was not an .*young man\./);
      expect(plain).toContain('Nothing was kept.');
    },
  );

  it('writes no escape codes when nobody wants them', { timeout: 60_000 }, async () => {
    const text = await onTerminal(`listen ${DEMO} --no-keep`, { NO_COLOR: '1' });
    expect(text).not.toContain('\x1b');
    expect(text).toMatch(/0:08 {2}He was not/);
  });
});
