import {
  CHUNK_MS,
  EarshotError,
  commandSchema,
  toEarshotError,
  withNeededLanes,
  type Command,
  type InferenceMessage,
  type Lane,
  type OpenCommand,
} from '#protocol';
import type { Engine, EngineSession } from './engine.ts';
import { Loop } from './loop/loop.ts';

/** What the server touches. */
export interface InferenceServerOptions {
  readonly engines: readonly Engine[];
  readonly now: () => number;
  send(message: InferenceMessage): void;
}

/** Turns commands into a loop over an engine: `open` begins a stream, `finish` or `close` ends it. */
export class InferenceServer {
  readonly #options: InferenceServerOptions;
  #engine: Engine | undefined;
  #session: EngineSession | undefined;
  #loop: Loop | undefined;
  #opening: Promise<void> | undefined;

  constructor(options: InferenceServerOptions) {
    this.#options = options;
  }

  /** Takes one command as it came over the link; anything malformed is answered by a `protocol` error. */
  handle(message: unknown): void {
    const parsed = commandSchema.safeParse(message);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      this.#sendError(
        new EarshotError(
          'protocol',
          `A malformed command was ignored: ${issue?.path.join('.')}: ${issue?.message}`,
        ),
      );
      return;
    }
    this.#obey(parsed.data).catch((error: unknown) =>
      this.#sendError(toEarshotError(error, 'engine-failed')),
    );
  }

  async #obey(command: Command): Promise<void> {
    switch (command.type) {
      case 'open':
        this.#opening = this.#open(command);
        return this.#opening;
      case 'chunk':
        this.#loop?.push(command.chunk);
        return;
      case 'cancel':
        this.#loop?.cancel(command.lane);
        return;
      case 'lanes':
        this.#setLanes(command.lanes);
        return;
      case 'finish':
        await this.#opening;
        await this.#loop?.finish();
        return this.#close();
      case 'close':
        return this.#close();
    }
  }

  async #open(command: OpenCommand): Promise<void> {
    if (this.#session) throw new EarshotError('protocol', 'A stream is open already; close it first.');
    const engine = this.#options.engines.find(({ name }) => name === command.engine);
    if (!engine) throw new EarshotError('bad-usage', `There is no engine "${command.engine}" here yet.`);
    const lanes = withNeededLanes(engine.name, command.lanes ?? engine.lanes);
    const missing = lanes.find((lane) => !engine.lanes.includes(lane));
    if (missing) {
      const available = engine.lanes.join(', ');
      throw new EarshotError(
        'bad-usage',
        `The ${engine.name} engine has no ${missing} lane yet. It has: ${available}.`,
      );
    }
    const { models, pace, live, resume, sounds, spokenTo, sync, trace, translation, unified } = command;
    const { now, send } = this.#options;
    this.#session = await engine.open({
      models,
      lanes,
      pace,
      live,
      ...(sounds && { sounds }),
      ...(spokenTo && { spokenTo }),
      now,
      ...(resume && { resume }),
      ...(translation && { translation }),
      ...(unified && { unified }),
      warn: (error) => this.#sendError(error),
      ...(trace && { trace: (event) => send({ kind: 'event', event }) }),
    });
    this.#engine = engine;
    const firstChunk = resume?.firstChunk ?? 0;
    this.#loop = new Loop({
      session: this.#session,
      lanes,
      sync,
      trace,
      firstChunk,
      now,
      send,
    });
    send({
      kind: 'event',
      event: { type: 'ready', engine: engine.name, chunkMs: CHUNK_MS, lanes: [...lanes] },
    });
  }

  /** A lane that the engine has not is said and left out: no reason to stop hearing. */
  #setLanes(lanes: readonly Lane[]): void {
    const served = lanes.filter((lane) => this.#engine?.lanes.includes(lane));
    const missing = lanes.filter((lane) => !served.includes(lane));
    if (this.#engine && missing.length > 0) {
      const message = `The ${this.#engine.name} engine has no ${missing.join(' and no ')} lane yet.`;
      this.#sendError(new EarshotError('bad-usage', message, { retryable: true }));
    }
    if (this.#engine && served.length > 0) this.#loop?.setLanes(withNeededLanes(this.#engine.name, served));
  }

  async #close(): Promise<void> {
    this.#loop?.close();
    this.#loop = undefined;
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  #sendError({ code, message, retryable }: EarshotError): void {
    this.#options.send({ kind: 'event', event: { type: 'error', code, message, retryable } });
  }
}
