/**
 * A real microphone without a sound card: a private PulseAudio daemon whose source is fed from a pipe in 20 ms
 * steps, reached by ALSA's pulse plugin. Everything lives in a temporary folder and is told to the program under
 * test by `env`; nobody's own sound settings are read or touched.
 */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const RATE_HZ = 16_000;
const STEP_MS = 20;
const STEP_SAMPLES = (RATE_HZ * STEP_MS) / 1000;
const SOURCE = 'earshot_test';

/** The device's name as ALSA, and with it PortAudio, shows it. */
export const ALSA_DEVICE_NAME = 'earshot_test_microphone';
/** The device's name as PulseAudio itself shows it, and with it pvrecorder. */
export const PULSE_DEVICE_NAME = 'Earshot test microphone';

/** Why the harness cannot run here; nothing when it can. */
export function whyNoPulse(): string | undefined {
  if (process.platform !== 'linux') return 'PulseAudio with a pipe source needs Linux';
  for (const command of ['pulseaudio', 'pactl']) {
    if (spawnSync(command, ['--version'], { stdio: 'ignore' }).error) return `${command} is not installed`;
  }
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
  const plugin = folders.some((folder) => existsSync(join(folder, 'alsa-lib/libasound_module_pcm_pulse.so')));
  return plugin ? undefined : "ALSA's pulse plugin (libasound2-plugins) is not installed";
}

/** The daemon, its one microphone and what it is fed with. */
export class PulseHarness {
  /** For the program under test: its own home, ALSA configuration and server. */
  readonly env: NodeJS.ProcessEnv;
  readonly #folder: string;
  #daemon: ChildProcess | undefined;
  #module: string | undefined;
  #feeder: Feeder | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.env = {
      ...process.env,
      HOME: join(folder, 'home'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      XDG_CONFIG_HOME: join(folder, 'home/.config'),
      XDG_DATA_HOME: join(folder, 'home/.local/share'),
      XDG_CACHE_HOME: join(folder, 'home/.cache'),
      PULSE_SERVER: `unix:${join(folder, 'pulse.sock')}`,
      PULSE_COOKIE: join(folder, 'cookie'),
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    };
  }

  /** Starts the daemon with the microphone plugged in and giving near silence. */
  static async start(): Promise<PulseHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-pulse-'));
    const harness = new PulseHarness(folder);
    await mkdir(join(folder, 'home'));
    await mkdir(join(folder, 'run'), { mode: 0o700 });
    await writeFile(
      join(folder, 'default.pa'),
      `load-module module-native-protocol-unix socket=${join(folder, 'pulse.sock')} auth-anonymous=1\n`,
    );
    await writeFile(
      join(folder, 'home/.asoundrc'),
      [
        `pcm.${ALSA_DEVICE_NAME} { type pulse device "${SOURCE}" hint { show on description "${PULSE_DEVICE_NAME}" } }`,
        'pcm.!default { type pulse }',
        'ctl.!default { type pulse }',
      ].join('\n'),
    );
    const options = ['-n', '-F', join(folder, 'default.pa'), '--daemonize=no', '--exit-idle-time=-1'];
    const quiet = ['--use-pid-file=no', '--realtime=no', '--disable-shm=yes'];
    harness.#daemon = spawn('pulseaudio', [...options, ...quiet], { env: harness.env, stdio: 'ignore' });
    for (let tries = 0; !existsSync(join(folder, 'pulse.sock')); tries += 1) {
      if (tries > 200) throw new Error('pulseaudio did not start');
      await delay(25);
    }
    await harness.plugIn();
    return harness;
  }

  /** The microphone appears and gives near silence. */
  async plugIn(): Promise<void> {
    const pipe = join(this.#folder, 'microphone.pipe');
    await rm(pipe, { force: true });
    this.#module = await this.pactl(
      'load-module',
      'module-pipe-source',
      `source_name=${SOURCE}`,
      `file=${pipe}`,
      'format=s16le',
      `rate=${RATE_HZ}`,
      'channels=1',
      `source_properties=device.description="${PULSE_DEVICE_NAME.replaceAll(' ', '\\ ')}"`,
    );
    await this.pactl('set-default-source', SOURCE);
    // Non-blocking: a daemon that died leaves nobody to wait for.
    const handle = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    this.#feeder = new Feeder(handle);
  }

  /** The microphone vanishes, as when its cable is pulled. */
  async unplug(): Promise<void> {
    await this.#feeder?.stop();
    this.#feeder = undefined;
    if (this.#module) await this.pactl('unload-module', this.#module);
    this.#module = undefined;
  }

  /** The microphone stays and gives nothing any more, as with a driver that hangs. */
  async stall(): Promise<void> {
    this.#feeder?.pause();
    await delay(STEP_MS);
  }

  /** It gives sound again. */
  resume(): void {
    this.#feeder?.resume();
  }

  /** Someone speaks: plays 16 kHz mono samples at wall speed; resolves when the last one is in the pipe. */
  play(samples: Float32Array): Promise<void> {
    if (!this.#feeder) throw new Error('The microphone is unplugged.');
    return this.#feeder.play(samples);
  }

  async stop(): Promise<void> {
    await this.#feeder?.stop();
    const daemon = this.#daemon;
    if (daemon && daemon.exitCode === null) {
      daemon.kill('SIGKILL');
      await once(daemon, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Tells the daemon something; gives what it answers. */
  async pactl(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('pactl', args, { env: this.env });
    return stdout.trim();
  }
}

/** Writes 20 ms every 20 ms, without drift: what is played, or noise of one bit as every microphone has. */
class Feeder {
  readonly #handle: FileHandle;
  readonly #timer: NodeJS.Timeout;
  #startedAtMs = performance.now();
  #steps = 0;
  #queue: Int16Array = new Int16Array(0);
  #onPlayed: (() => void) | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
    this.#timer = setInterval(() => this.#feed(), STEP_MS / 2);
  }

  play(samples: Float32Array): Promise<void> {
    this.#queue = Int16Array.from(samples, (sample) => Math.round(sample * 0x8000));
    return new Promise((resolve) => (this.#onPlayed = resolve));
  }

  pause(): void {
    this.#startedAtMs = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    this.#startedAtMs = performance.now();
    this.#steps = 0;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.#handle.close();
  }

  #feed(): void {
    const due = Math.floor((performance.now() - this.#startedAtMs) / STEP_MS);
    for (; this.#steps < due; this.#steps += 1) {
      const step = this.#nextStep();
      this.#writing = this.#writing
        .then(() => this.#handle.write(new Uint8Array(step.buffer)))
        .catch(() => undefined);
    }
  }

  #nextStep(): Int16Array {
    const step = Int16Array.from({ length: STEP_SAMPLES }, (_, index) => index & 1);
    const taken = this.#queue.subarray(0, STEP_SAMPLES);
    step.set(taken);
    this.#queue = this.#queue.subarray(taken.length);
    if (this.#queue.length === 0) {
      this.#onPlayed?.();
      this.#onPlayed = undefined;
    }
    return step;
  }
}

/** Why nothing can be captured through naudiodon here, where npm could not build it; undefined when it can. */
export function whyNoNaudiodon(): string | undefined {
  return existsSync(resolve('node_modules', 'naudiodon')) ? undefined : 'naudiodon was not built';
}
