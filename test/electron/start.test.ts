/** `npm start`: the desktop application where Electron runs, one line and the browser version where it does not. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prepareDesktop } from './prepare.ts';

const root = join(import.meta.dirname, '../..');

describe.skipIf(process.platform === 'win32')('npm start', { timeout: 60_000 }, () => {
  let folder: string;
  let child: ChildProcess | undefined;

  beforeAll(prepareDesktop);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-start-'));
  });
  afterEach(async () => {
    if (child?.exitCode === null) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts it; `text` grows with what it writes. */
  function start(env: NodeJS.ProcessEnv, ...args: string[]) {
    const output = { text: '' };
    const started = spawn(process.execPath, [join(root, 'build/start.mjs'), ...args], {
      env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.stdout.on('data', (data) => (output.text += String(data)));
    started.stderr.on('data', (data) => (output.text += String(data)));
    child = started;
    return { output, exited: once(started, 'exit') };
  }

  it('hands over to Electron, with the arguments', async () => {
    const program = process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';
    await writeFile(join(folder, program), `#!/bin/sh\necho "electron $*"\nexit 0\n`);
    await chmod(join(folder, program), 0o755);
    const { output, exited } = start(
      { ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':7', ELECTRON_RUN_AS_NODE: '1' },
      '--data',
      'somewhere',
    );
    expect((await exited)[0]).toBe(0);
    expect(output.text.trim()).toBe(`electron ${root} --data somewhere`);
  });

  it('opens the browser version when Electron cannot be had, and says so in one line', async () => {
    const { output, exited } = start(
      { ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'nothing') },
      '--desktop',
      '--data',
      join(folder, 'data'),
      '--port',
      '0',
    );
    await expect.poll(() => output.text, { timeout: 20_000 }).toMatch(/http:\/\/\S+token=/);
    const [line = '', address = ''] = output.text.split('\n');
    expect(line).toMatch(
      /^The desktop application cannot open here: Electron .*Opening the browser version instead\.$/,
    );
    const page = await fetch(address);
    expect(page.status).toBe(200);
    child?.kill('SIGINT');
    await exited;
    expect(output.text).not.toMatch(/^\s+at /m);
  });

  it.skipIf(process.platform !== 'linux')('needs no download to know that there is no display', async () => {
    const { output, exited } = start({}, '--data', join(folder, 'data'), '--port', '0');
    await expect.poll(() => output.text, { timeout: 20_000 }).toMatch(/no display.*\nhttp:\/\//);
    child?.kill('SIGINT');
    await exited;
  });
});
