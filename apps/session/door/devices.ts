import { EarshotError } from '#protocol';
import type { AudioSource } from '#audio';
import { LevelMeter } from './level-meter.ts';
import type { Caller, DoorHandlers, HostContext } from './methods.ts';

/** A device that is tried out: its sound is measured and thrown away. */
interface Trial {
  readonly name: string | undefined;
  readonly caller: Caller;
  readonly source: AudioSource;
}

/** The microphones of this machine, and one of them on trial while somebody chooses. */
export class Devices {
  readonly #context: HostContext;
  readonly #heard: () => { readonly name: string | undefined } | undefined;
  #trial: Trial | undefined;
  /** Openings and closings one after the other: a device is often held by one at a time. */
  #queue: Promise<void> = Promise.resolve();

  /** @param heard - the microphone that is being listened to, if any. */
  constructor(context: HostContext, heard: () => { readonly name: string | undefined } | undefined) {
    this.#context = context;
    this.#heard = heard;
  }

  readonly handlers: DoorHandlers<'devices.list' | 'devices.meter'> = {
    'devices.list': async () => {
      const devices = await this.#context.sources.listDevices();
      return devices.map(({ id, name, isDefault }) => ({ id, name, isDefault }));
    },
    'devices.meter': async ({ name, on }, caller) => {
      await this.#inTurn(() => (on ? this.#begin(name, caller) : this.#end()));
      return {};
    },
  };

  /** Lets go of the device on trial. */
  release(): Promise<void> {
    return this.#inTurn(() => this.#end());
  }

  /** The window that was choosing is gone. */
  async leave(caller: Caller): Promise<void> {
    if (this.#trial?.caller === caller) await this.release();
  }

  async #begin(name: string | undefined, caller: Caller): Promise<void> {
    if (this.#trial?.name === name && this.#trial) return;
    await this.#end();
    const heard = this.#heard();
    // Its level is pushed already, and many systems give a device to one program at a time.
    if (heard && heard.name === name) return;
    if (heard) {
      throw new EarshotError(
        'bad-usage',
        'Another microphone is being listened to. Stop that to try this one.',
      );
    }
    const source = await this.#context.sources.openMicrophone(name === undefined ? {} : { name });
    this.#trial = { name, caller, source };
    void this.#measure(source);
  }

  async #measure(source: AudioSource): Promise<void> {
    const { clock, push } = this.#context;
    const meter = new LevelMeter(clock, (level) => push({ kind: 'level', ...level, meter: true }));
    try {
      for await (const chunk of source.chunks()) meter.hear(chunk);
    } catch {
      // A device that fails while it is tried out shows no level any more; choosing it says why.
    } finally {
      meter.close();
      if (this.#trial?.source === source) this.#trial = undefined;
    }
  }

  async #end(): Promise<void> {
    const trial = this.#trial;
    this.#trial = undefined;
    await trial?.source.close();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
