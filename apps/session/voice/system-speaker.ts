import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EarshotError, type Prosody } from '#protocol';
import { canPlay, playerPrograms, type PlayerProgram } from './player.ts';
import { PlayerStream } from './player-stream.ts';
import type { Speaker, SpeakerListener } from './speaker.ts';
import { plainSentence } from './spoken-sentence.ts';
import { isVoiceName, voicePrograms, type SystemVoice, type VoiceProgram } from './voice-program.ts';
import { decodeWave } from './wave.ts';

/** A program that takes longer than this to begin is not there. */
const PROBE_TIMEOUT_MS = 3_000;
/** The most sound that one sentence may become: 16 MB, six minutes. */
const MAX_WAVE_BYTES = 16 * 1024 * 1024;

/** Speaks through a program of the system. */
export class SystemSpeaker implements Speaker {
  readonly name: string;
  readonly #program: VoiceProgram;
  readonly #player: PlayerProgram | undefined;
  readonly #voice: string | undefined;
  #stream: PlayerStream | undefined;
  #ducked = false;
  #pause: ((paused: boolean) => void) | undefined;

  /** @throws EarshotError `bad-input` for a name that is no voice's. */
  constructor(
    program: VoiceProgram,
    options: { readonly player?: PlayerProgram | undefined; readonly voice?: string | undefined } = {},
  ) {
    if (options.voice !== undefined && !isVoiceName(options.voice)) {
      throw new EarshotError('bad-input', `"${options.voice}" is not the name of a voice.`);
    }
    this.#program = program;
    this.#player = options.player;
    this.#voice = options.voice;
    this.name = program.name;
  }

  /** Whether its sound is known while it is played, so that somebody who speaks into it can be heard at once. */
  get knowsItsSound(): boolean {
    return this.#program.renders && this.#player !== undefined;
  }

  /** Whether there is a loudspeaker; true where only the program itself could tell, and for a player that is found only with one. */
  canBeHeard(): Promise<boolean> {
    return this.#player?.probe && this.#program.renders ? canPlay(this.#player) : Promise.resolve(true);
  }

  /** The voices that its program has, as far as it lists them. */
  async voices(): Promise<readonly SystemVoice[]> {
    const { command, voiceList } = this.#program;
    return voiceList ? voiceList.read(await outputOf(command, voiceList.arguments)) : [];
  }

  /** The same with another of its voices. @throws EarshotError `bad-input` for a name that is no voice's. */
  as(voice: string): SystemSpeaker {
    return new SystemSpeaker(this.#program, { player: this.#player, voice });
  }

  async speak(
    sentence: string,
    prosody: Prosody,
    signal: AbortSignal,
    listener: SpeakerListener = {},
  ): Promise<void> {
    const words = plainSentence(sentence);
    if (!/[\p{L}\p{N}]/u.test(words) || signal.aborted) return;
    const output = await this.#render(words, prosody, signal, listener);
    if (!this.#program.renders || !this.#player || signal.aborted) return;
    const { samples, sampleRateHz } = decodeWave(output);
    const stream = await this.#opened(this.#player, sampleRateHz, listener);
    await stream.play(samples, {
      signal,
      ducked: () => this.#ducked,
      started: () => listener.started?.(),
      played: (block) => listener.played?.(block, sampleRateHz),
    });
  }

  duck(): void {
    this.#ducked = true;
    this.#pause?.(true);
  }

  restore(): void {
    this.#ducked = false;
    this.#pause?.(false);
  }

  async release(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    await stream?.close();
  }

  /** The player of the sentence before where that is still open, another one otherwise. */
  async #opened(
    player: PlayerProgram,
    sampleRateHz: number,
    listener: SpeakerListener,
  ): Promise<PlayerStream> {
    if (this.#stream?.isFree && this.#stream.sampleRateHz === sampleRateHz) return this.#stream;
    const stream = await PlayerStream.open(player, sampleRateHz);
    this.#stream = stream;
    listener.opened?.();
    return stream;
  }

  /** Runs the program for one sentence; gives the sound that it writes, wherever it writes it to. */
  async #render(
    words: string,
    prosody: Prosody,
    signal: AbortSignal,
    listener: SpeakerListener,
  ): Promise<Buffer> {
    const { fileArguments } = this.#program;
    const args = this.#program.arguments(prosody, this.#voice);
    if (!fileArguments) return this.#run(words, args, signal, listener);
    const folder = await mkdtemp(join(tmpdir(), 'earshot-voice-'));
    try {
      const path = join(folder, 'sentence.wav');
      await this.#run(words, [...args, ...fileArguments(path)], signal, listener);
      return signal.aborted ? Buffer.alloc(0) : await readFile(path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs the program for one sentence; gives its standard output. */
  #run(
    words: string,
    args: readonly string[],
    signal: AbortSignal,
    listener: SpeakerListener,
  ): Promise<Buffer> {
    const { command, renders } = this.#program;
    return new Promise((fulfil, reject) => {
      const child = spawn(command, args, {
        stdio: ['pipe', renders ? 'pipe' : 'ignore', 'ignore'],
        windowsHide: true,
      });
      const parts: Buffer[] = [];
      let size = 0;
      child.stdout?.on('data', (part: Buffer) => {
        size += part.length;
        if (size <= MAX_WAVE_BYTES) parts.push(part);
        else child.kill('SIGKILL');
      });
      // A program that plays by itself cannot be made softer; it can be held. Windows has no such signal.
      if (!renders && process.platform !== 'win32') {
        this.#pause = (paused) => void child.kill(paused ? 'SIGSTOP' : 'SIGCONT');
      }
      const kill = (): void => void child.kill('SIGKILL');
      signal.addEventListener('abort', kill, { once: true });
      const settle = (): void => {
        signal.removeEventListener('abort', kill);
        this.#pause = undefined;
      };
      child.once('error', (cause) => {
        settle();
        reject(
          new EarshotError('device-unavailable', `The system’s voice (${command}) cannot be started.`, {
            cause,
          }),
        );
      });
      child.once('close', (code) => {
        settle();
        if (code === 0 || signal.aborted) fulfil(Buffer.concat(parts));
        else
          reject(
            new EarshotError(
              'device-unavailable',
              `The system’s voice (${command}) cannot speak${this.#voice === undefined ? '' : ` as "${this.#voice}"`}.`,
            ),
          );
      });
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(this.#program.input(words));
      if (!renders) listener.started?.();
    });
  }
}

/** What a program writes; nothing where it fails. */
function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, [...args], { timeout: PROBE_TIMEOUT_MS, windowsHide: true }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
}

/** Whether a program can be started. */
function isThere(command: string, probe: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, [...probe], {
      stdio: 'ignore',
      timeout: PROBE_TIMEOUT_MS,
      windowsHide: true,
    });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}

/** Where a voice is looked for. */
export interface VoicePlace {
  readonly platform?: NodeJS.Platform;
  /** The bundled process that plays where the system has no player; the one beside the running bundle when absent. */
  readonly playbackPath?: string | undefined;
}

/** The best voice of this system; undefined when it has none. @throws EarshotError `bad-input` for a bad voice name. */
export async function findSystemSpeaker(
  options: VoicePlace & { readonly voice?: string | undefined } = {},
): Promise<SystemSpeaker | undefined> {
  const { voice, platform = process.platform, playbackPath } = options;
  const player = await firstThat(isPlayer, playerPrograms(platform, playbackPath));
  const programs = voicePrograms(platform, player !== undefined);
  const program = await firstThat(({ command, probe }) => isThere(command, probe), programs);
  return program && new SystemSpeaker(program, { player, voice });
}

/** Asks one after the other, and none behind the first that will do. */
async function firstThat<Item>(
  willDo: (item: Item) => Promise<boolean>,
  items: readonly Item[],
): Promise<Item | undefined> {
  for (const item of items) if (await willDo(item)) return item;
  return undefined;
}

/** One that the system brings counts also while there is no loudspeaker, which is then said. */
function isPlayer(player: PlayerProgram): Promise<boolean> {
  return player.probe ? isThere(player.command, player.probe) : canPlay(player);
}

/**
 * The voice of this system that somebody can interrupt at once, and that can be heard here; undefined when there is none.
 *
 * @param voice - its default voice where it has none of this name.
 */
export async function findInterruptibleSpeaker(
  voice?: string,
  place: VoicePlace = {},
): Promise<SystemSpeaker | undefined> {
  const speaker = await findSystemSpeaker(place);
  if (!speaker?.knowsItsSound || !(await speaker.canBeHeard())) return undefined;
  if (voice === undefined || !isVoiceName(voice)) return speaker;
  return (await speaker.voices()).some(({ name }) => name === voice) ? speaker.as(voice) : speaker;
}
