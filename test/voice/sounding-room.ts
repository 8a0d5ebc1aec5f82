import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { SAMPLE_RATE_HZ } from '#protocol';
import { PulseHarness } from '../capture/pulse.ts';
import { Random } from '../streams/random.ts';

const STEP_MS = 20;
const STEP_SAMPLES = (SAMPLE_RATE_HZ * STEP_MS) / 1000;
/** Sound that the player of the people is given before its time. */
const LEAD_STEPS = 4;
/** The room's own noise, −62 dB: a microphone is never quite silent. */
const NOISE = 10 ** (-62 / 20) * Math.sqrt(3);
/** How loud the loudspeaker is in the room. */
const LOUDSPEAKER_VOLUME = '70%';
const RAW = ['--raw', '--format=s16le', `--rate=${SAMPLE_RATE_HZ}`, '--latency-msec=20'] as const;

/** What sounded in the room, sample by sample of one clock. */
export interface RoomRecording {
  readonly loudspeaker: Float32Array;
  readonly people: Float32Array;
}

/**
 * A room in which real programs sound, at wall speed: a silent device of PulseAudio whose left channel is the
 * loudspeaker and whose right channel is the people. Its microphone hears both; a recording keeps them apart, so that what
 * happened is measured in the sound itself and not by a clock of ours.
 */
export class SoundingRoom {
  readonly #pulse: PulseHarness;
  readonly #people: People;
  readonly #recorder: ChildProcess;
  readonly #recorded: Buffer[] = [];

  private constructor(pulse: PulseHarness, people: People, recorder: ChildProcess) {
    this.#pulse = pulse;
    this.#people = people;
    this.#recorder = recorder;
    recorder.stdout?.on('data', (bytes: Buffer) => this.#recorded.push(bytes));
  }

  /** Opens the room: its loudspeaker and its microphone are those that programs find when they ask for none. */
  static async open(): Promise<SoundingRoom> {
    const pulse = await PulseHarness.start();
    await pulse.pactl(
      'load-module',
      'module-null-sink',
      'sink_name=room',
      'channels=2',
      'channel_map=front-left,front-right',
      `rate=${SAMPLE_RATE_HZ}`,
    );
    const side = (name: string, channel: string): Promise<string> =>
      pulse.pactl(
        'load-module',
        'module-remap-sink',
        `sink_name=${name}`,
        'master=room',
        'channels=1',
        'channel_map=mono',
        `master_channel_map=${channel}`,
        'remix=no',
      );
    await side('loudspeaker', 'front-left');
    await side('people', 'front-right');
    await pulse.pactl(
      'load-module',
      'module-remap-source',
      'source_name=microphone',
      'master=room.monitor',
      'channels=1',
      'channel_map=mono',
      'source_properties=device.description="Room\\ microphone"',
    );
    await pulse.pactl('set-sink-volume', 'loudspeaker', LOUDSPEAKER_VOLUME);
    await pulse.pactl('set-default-sink', 'loudspeaker');
    await pulse.pactl('set-default-source', 'microphone');
    const recorder = spawn('parec', ['--device=room.monitor', '--channels=2', ...RAW], {
      env: pulse.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const room = new SoundingRoom(pulse, new People(pulse.env), recorder);
    await room.#untilHeard();
    return room;
  }

  /** The player of the people takes its time to begin; what waits in front of it until then would be late for ever. */
  async #untilHeard(): Promise<void> {
    for (let tries = 0; !this.recording().people.some((sample) => sample !== 0); tries += 1) {
      if (tries > 400) throw new Error('nothing is heard in the room');
      await delay(25);
    }
    this.#people.begin();
  }

  /** For the programs that are in the room. */
  get env(): NodeJS.ProcessEnv {
    return this.#pulse.env;
  }

  /** Somebody makes a sound; resolves when its last sample is on its way. */
  sound(samples: Float32Array): Promise<void> {
    return this.#people.sound(samples);
  }

  /** What has sounded so far. */
  recording(): RoomRecording {
    const bytes = Buffer.concat(this.#recorded);
    const frames = Math.floor(bytes.length / 4);
    const channel = (offset: number): Float32Array =>
      Float32Array.from({ length: frames }, (_, index) => bytes.readInt16LE(index * 4 + offset) / 0x8000);
    return { loudspeaker: channel(0), people: channel(2) };
  }

  async close(): Promise<void> {
    await this.#people.stop();
    const ended = once(this.#recorder, 'close');
    this.#recorder.kill('SIGKILL');
    await ended;
    await this.#pulse.stop();
  }
}

/** The people and the room's noise, through one player at wall speed. */
class People {
  readonly #player: ChildProcessWithoutNullStreams;
  readonly #random = new Random(5);
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = Infinity;
  #steps = 0;
  #waiting = new Float32Array(0);
  #made: (() => void) | undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.#player = spawn('pacat', ['--playback', '--device=people', '--channels=1', ...RAW], { env });
    this.#player.stdin.on('error', () => undefined);
    for (let step = 0; step < LEAD_STEPS; step += 1) this.#player.stdin.write(this.#nextStep());
  }

  /** From now on a step is given for each that has sounded. */
  begin(): void {
    this.#startedAtMs = performance.now();
    this.#timer = setInterval(() => this.#feed(), STEP_MS / 2);
  }

  sound(samples: Float32Array): Promise<void> {
    this.#waiting = samples.slice();
    return new Promise((resolve) => (this.#made = resolve));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const ended = once(this.#player, 'close');
    this.#player.kill('SIGKILL');
    await ended;
  }

  #feed(): void {
    const due = (performance.now() - this.#startedAtMs) / STEP_MS;
    for (; this.#steps < due; this.#steps += 1) this.#player.stdin.write(this.#nextStep());
  }

  #nextStep(): Buffer {
    const bytes = Buffer.alloc(STEP_SAMPLES * 2);
    for (let index = 0; index < STEP_SAMPLES; index += 1) {
      const sample = (this.#waiting[index] ?? 0) + this.#random.between(-NOISE, NOISE);
      bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), index * 2);
    }
    this.#waiting = this.#waiting.slice(STEP_SAMPLES);
    if (this.#waiting.length === 0) {
      this.#made?.();
      this.#made = undefined;
    }
    return bytes;
  }
}
