import { join } from 'node:path';
import { CHUNK_SECONDS, EarshotError, EMOTIONS, SAMPLE_RATE_HZ, type Emotion, type Lane } from '#protocol';
import { ChunkFeatureStream } from '../features/chunk-features.ts';
import { HOP_SAMPLES, MEL_BANDS, type ChunkFeatures } from '../features/log-mel.ts';
import { readInstruction } from '../features/instruction-file.ts';
import { LaneContext, MARK_POSITIONS, type ListeningStep } from '../lane/lane-context.ts';
import { sessionPrefix } from '../lane/prefix.ts';
import { QuietTrack } from '../lane/quiet-track.ts';
import { GREEDY } from '../lane/sampling.ts';
import { isElided } from '../lane/silence-elision.ts';
import { TextMemory } from '../lane/text-memory.ts';
import { cacheFor } from '../lane/window-budget.ts';
import { InteractionModel } from '../model/interaction-model.ts';
import { readManifest, type UnifiedManifest } from '../package.ts';
import { ReplyText } from '../text/reply-text.ts';
import { Tokenizer } from '../text/tokenizer.ts';
import { HeardChunks } from './heard-chunks.ts';
import type { Heard, ModelThreadData, Spoken } from './messages.ts';

/** Chunks whose embeddings are kept: a lane may lag by 60 (see the loop), 128 are 51 s. */
const KEPT_CHUNKS = 128;

const DEFAULT_REPLY_TOKENS = 256;

/** Text that is put back at most: some 100 tokens. */
const RECALLED_CHARACTERS = 400;

interface LaneState {
  readonly context: LaneContext;
  readonly memory: TextMemory;
  chunk: number;
  reply: ReplyText;
  emotion: Emotion | undefined;
}

/** Everything of the unified engine that computes: features, tower, and one past for each lane. */
export class ModelCore {
  readonly #model: InteractionModel;
  readonly #tokenizer: Tokenizer;
  readonly #chunkSeconds: number;
  readonly #features: ChunkFeatureStream;
  readonly #quiet = new QuietTrack();
  readonly #elidesSilence: boolean;
  readonly #lanes = new Map<Lane, LaneState>();
  readonly #remembers: boolean;
  readonly #emotions: ReadonlyMap<number, Emotion>;
  readonly #heard = new HeardChunks(KEPT_CHUNKS);

  private constructor(model: InteractionModel, tokenizer: Tokenizer, data: ModelThreadData) {
    const { options } = data;
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.#chunkSeconds = options.chunkSeconds ?? CHUNK_SECONDS;
    this.#features = new ChunkFeatureStream(this.#chunkSeconds, options.lookAhead);
    this.#remembers = options.remember ?? false;
    this.#elidesSilence = options.elideSilence ?? false;
    this.#emotions = new Map(EMOTIONS.map((name) => [model.tokens.emotions[name], name]));
  }

  /** @throws EarshotError `model-corrupt`, `engine-failed`, `bad-usage`. */
  static async open(data: ModelThreadData): Promise<ModelCore> {
    const manifest = await readManifest(data.folder);
    checkLanes(manifest, data.lanes);
    checkChunk(manifest, data.options.chunkSeconds);
    const { windowPositions, cache } = cacheFor(manifest, data.lanes.length, data.options);
    const { threads, options } = data;
    const model = await InteractionModel.open(data.folder, manifest, {
      threads,
      provider: options.provider,
      cache,
    });
    const tokenizer = await Tokenizer.open(join(data.folder, 'tokenizer.json'));
    const core = new ModelCore(model, tokenizer, data);
    await core.#warmUp();
    for (const lane of data.lanes) core.#lanes.set(lane, await core.#openLane(lane, data, windowPositions));
    return core;
  }

  /**
   * Runs both graphs once on nothing: weights are read from the disk and buffers made while nobody waits. Without this and
   * without lanes that are prepared, the 3B on two cores decided its first chunk after 3 s.
   */
  async #warmUp(): Promise<void> {
    const { manifest, tokens } = this.#model;
    const frames = Math.round((this.#chunkSeconds * SAMPLE_RATE_HZ) / HOP_SAMPLES);
    const audio = await this.#model.encode(new Float32Array(MEL_BANDS * frames));
    const ids = Array.from({ length: audio.length / manifest.model.width }, () => tokens.pad);
    await this.#model.feed(this.#model.newCache(ids.length), ids, audio);
  }

  /**
   * Encodes what is whole after one more chunk of the stream, once for all lanes.
   * @param isLate - younger chunks wait: it is encoded when a lane wants to hear it, for that may be never.
   */
  async perceive(sequence: number, samples: Float32Array, isLate: boolean): Promise<Heard> {
    this.#heard.begin(sequence);
    for (const features of this.#features.push(samples)) await this.#encode(features, sequence, isLate);
    return {
      steps: this.#heard.steps(sequence),
      waits: this.#features.waits,
      quietSeconds: this.#quiet.chunks * this.#chunkSeconds,
    };
  }

  async #encode({ mel, peak }: ChunkFeatures, sequence: number, isLate = false): Promise<void> {
    this.#quiet.push(peak);
    if (this.#elidesSilence && isElided(this.#quiet.chunks, this.#chunkSeconds)) return;
    if (isLate) this.#heard.addFeatures(sequence, mel);
    else this.#heard.add(sequence, await this.#model.encode(mel));
  }

  /** The stream is over: what still waits for its rest is heard with silence behind it. @returns steps of that chunk. */
  async flush(sequence: number): Promise<number> {
    const rest = this.#features.flush();
    if (rest) await this.#encode(rest, sequence);
    return this.#heard.steps(sequence);
  }

  /** Lets a lane hear a step of a chunk that was perceived before, and choose. */
  async listen(lane: Lane, sequence: number, step: number): Promise<ListeningStep> {
    const audio = this.#heard.find(sequence, step) ?? (await this.#encodeLate(sequence, step));
    if (!audio) throw new EarshotError('internal', `Chunk ${sequence} is no longer kept.`);
    const state = this.#lane(lane);
    state.reply = new ReplyText(this.#tokenizer);
    state.emotion = undefined;
    state.chunk = sequence;
    return state.context.listen(audio, sequence);
  }

  async #encodeLate(sequence: number, step: number): Promise<Float32Array | undefined> {
    const mel = this.#heard.features(sequence, step);
    if (mel) this.#heard.encoded(sequence, step, await this.#model.encode(mel));
    return this.#heard.find(sequence, step);
  }

  /** One more token of a lane's reply; undefined when it has nothing to say. */
  async speak(lane: Lane): Promise<Spoken | undefined> {
    const state = this.#lane(lane);
    const spoken = await state.context.speak();
    if (!spoken) return undefined;
    const emotion = this.#emotions.get(spoken.token);
    if (emotion) state.emotion = emotion;
    else if (spoken.token !== this.#model.tokens.textEnd) state.reply.push(spoken.token);
    const text = spoken.last ? state.reply.finish() : state.reply.text;
    if (spoken.last) state.memory.add({ chunk: state.chunk, text });
    return { ...spoken, text, emotion: state.emotion };
  }

  interrupt(lane: Lane): void {
    this.#lane(lane).context.interrupt();
  }

  /** Does now a part of what the lane would have to do later; for the time in which nobody waits. */
  async tidy(lane: Lane): Promise<void> {
    const state = this.#lane(lane);
    if (this.#remembers && state.context.hasForgottenMuch) this.#putBack(state);
    await state.context.tidy();
  }

  /** What was said before the window begins to go behind the instruction as text: the youngest that has room there. */
  #putBack({ context, memory }: LaneState): void {
    const heardSince = context.oldestChunk ?? Infinity;
    let characters = RECALLED_CHARACTERS;
    let tokens = this.#tokenizer.encode(memory.recall(heardSince, characters));
    // How many tokens a text takes is known only when it has been encoded; of no text it is none.
    while (tokens.length > context.memoryRoom) {
      characters = Math.floor(characters / 2);
      tokens = this.#tokenizer.encode(memory.recall(heardSince, characters));
    }
    context.remember(tokens);
  }

  #lane(lane: Lane): LaneState {
    const state = this.#lanes.get(lane);
    if (!state) throw new EarshotError('internal', `The lane ${lane} was not opened.`);
    return state;
  }

  async #openLane(lane: Lane, data: ModelThreadData, windowPositions: number): Promise<LaneState> {
    const { options } = data;
    const instruction = this.#model.manifest.instructions[lane];
    const text = instruction?.kind === 'text' ? instruction.text : undefined;
    const prefix = sessionPrefix(this.#model.tokens, this.#tokenizer, text);
    const primer =
      instruction?.kind === 'spoken' ? await this.#hearPrimer(join(data.folder, instruction.path)) : [];
    const rows = primer.reduce((sum, audio) => sum + audio.length / this.#model.manifest.model.width, 0);
    const taken = prefix.length + rows + primer.length * MARK_POSITIONS;
    if (taken * 2 > windowPositions) {
      throw new EarshotError(
        'bad-usage',
        `A window of ${windowPositions} positions is too small: the instruction takes ${taken}.`,
      );
    }
    const context = new LaneContext(this.#model, {
      prefix,
      primer,
      windowPositions,
      maxReplyTokens: options.maxReplyTokens ?? DEFAULT_REPLY_TOKENS,
      sampling: options.temperature ? { temperature: options.temperature, topP: 0.95, topK: 50 } : GREEDY,
      random: Math.random,
    });
    await context.prepare();
    const reply = new ReplyText(this.#tokenizer);
    return { context, memory: new TextMemory(), chunk: 0, reply, emotion: undefined };
  }

  /** Embeddings of a spoken instruction; the rest of its last chunk is silence. */
  async #hearPrimer(path: string): Promise<Float32Array[]> {
    const samples = await readInstruction(path);
    const features = new ChunkFeatureStream(this.#chunkSeconds);
    const embeddings: Float32Array[] = [];
    for (const { mel } of features.push(samples)) embeddings.push(await this.#model.encode(mel));
    const rest = features.flush();
    if (rest) embeddings.push(await this.#model.encode(rest.mel));
    return embeddings;
  }
}

function checkLanes(manifest: UnifiedManifest, lanes: readonly Lane[]): void {
  const missing = lanes.find((lane) => !manifest.lanes.includes(lane));
  if (!missing) return;
  const known = manifest.lanes.join(', ');
  throw new EarshotError('bad-usage', `The installed model has no ${missing} lane. It has: ${known}.`);
}

function checkChunk({ chunkSeconds }: UnifiedManifest, wanted: number | undefined): void {
  if (wanted === undefined || chunkSeconds.includes(wanted)) return;
  throw new EarshotError(
    'bad-usage',
    `The installed model hears ${chunkSeconds.join(', ')} s at a time, not ${wanted}. Convert its checkpoint again.`,
  );
}
