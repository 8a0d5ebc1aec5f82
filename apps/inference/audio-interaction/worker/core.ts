import { join } from 'node:path';
import { CHUNK_SAMPLES, EarshotError, EMOTIONS, type Emotion, type Lane } from '#protocol';
import { StreamingLogMel } from '../features/log-mel.ts';
import { readInstruction } from '../features/instruction-file.ts';
import { LaneContext, LISTENING_POSITIONS, type ListeningStep } from '../lane/lane-context.ts';
import { sessionPrefix } from '../lane/prefix.ts';
import { GREEDY } from '../lane/sampling.ts';
import { SilenceElision } from '../lane/silence-elision.ts';
import { TextMemory } from '../lane/text-memory.ts';
import { cacheFor } from '../lane/window-budget.ts';
import { InteractionModel } from '../model/interaction-model.ts';
import { readManifest, type UnifiedManifest } from '../package.ts';
import { ReplyText } from '../text/reply-text.ts';
import { Tokenizer } from '../text/tokenizer.ts';
import type { Heard, ModelThreadData, Spoken } from './messages.ts';

/** Chunks whose embeddings are kept: a lane may lag by 60 (see the loop), 128 are 51 s. */
const KEPT_CHUNKS = 128;

const DEFAULT_REPLY_TOKENS = 256;

/** Text that is put back at most: some 100 tokens. */
const RECALLED_CHARACTERS = 400;

/** 12.5 ms: half a window. */
const LOOK_AHEAD_SAMPLES = 200;

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
  readonly #features: StreamingLogMel;
  readonly #elision: SilenceElision | undefined;
  readonly #lanes = new Map<Lane, LaneState>();
  readonly #remembers: boolean;
  readonly #emotions: ReadonlyMap<number, Emotion>;
  /** Audio embeddings by chunk, computed once for all lanes. */
  readonly #heard = new Map<number, Float32Array>();

  private constructor(model: InteractionModel, tokenizer: Tokenizer, data: ModelThreadData) {
    const { options } = data;
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.#features = new StreamingLogMel({
      chunkSamples: CHUNK_SAMPLES,
      ...(options.lookAhead && { lookAheadSamples: LOOK_AHEAD_SAMPLES }),
    });
    this.#remembers = options.remember ?? false;
    this.#elision = options.elideSilence ? new SilenceElision() : undefined;
    this.#emotions = new Map(EMOTIONS.map((name) => [model.tokens.emotions[name], name]));
  }

  /** @throws EarshotError `model-corrupt`, `engine-failed`, `bad-usage`. */
  static async open(data: ModelThreadData): Promise<ModelCore> {
    const manifest = await readManifest(data.folder);
    checkLanes(manifest, data.lanes);
    const { windowPositions, cache } = cacheFor(manifest, data.lanes.length, data.options);
    const { threads, options } = data;
    const model = await InteractionModel.open(data.folder, manifest, {
      threads,
      provider: options.provider,
      cache,
    });
    const tokenizer = await Tokenizer.open(join(data.folder, 'tokenizer.json'));
    const core = new ModelCore(model, tokenizer, data);
    for (const lane of data.lanes) core.#lanes.set(lane, await core.#openLane(lane, data, windowPositions));
    return core;
  }

  /** Encodes one chunk, once for all lanes. */
  async perceive(sequence: number, samples: Float32Array): Promise<Heard> {
    const { mel, peak } = this.#features.push(samples);
    if (this.#elision?.elides(peak)) return { peak, elided: true };
    this.#heard.set(sequence, await this.#model.encode(mel));
    this.#heard.delete(sequence - KEPT_CHUNKS);
    return { peak, elided: false };
  }

  /** Lets a lane hear a chunk that was perceived before, and choose. */
  async listen(lane: Lane, sequence: number): Promise<ListeningStep> {
    const audio = this.#heard.get(sequence);
    if (!audio) throw new EarshotError('internal', `Chunk ${sequence} is no longer kept.`);
    const state = this.#lane(lane);
    state.reply = new ReplyText(this.#tokenizer);
    state.emotion = undefined;
    state.chunk = sequence;
    if (this.#remembers && state.context.hasForgottenMuch) await this.#putBack(state, sequence);
    return state.context.listen(audio);
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

  /** Does now what the lane's next listening step would have to do first; for the time in which nobody waits. */
  tidy(lane: Lane): void {
    this.#lane(lane).context.makeRoomAhead();
  }

  /** What was said before the window goes behind the instruction as text; the youngest steps are heard again. */
  async #putBack({ context, memory }: LaneState, sequence: number): Promise<void> {
    const steps = Math.floor(context.heldSteps / 2);
    // Spoken tokens are steps too: at least this far back everything is still heard.
    const text = memory.recall(sequence - steps, RECALLED_CHARACTERS);
    await context.rebuild(this.#tokenizer.encode(text), steps);
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
    const taken = prefix.length + primer.length * LISTENING_POSITIONS;
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
    const reply = new ReplyText(this.#tokenizer);
    return { context, memory: new TextMemory(), chunk: 0, reply, emotion: undefined };
  }

  /** Embeddings of a spoken instruction; the rest of its last chunk is silence. */
  async #hearPrimer(path: string): Promise<Float32Array[]> {
    const samples = await readInstruction(path);
    const features = new StreamingLogMel({ chunkSamples: CHUNK_SAMPLES });
    const embeddings: Float32Array[] = [];
    for (let start = 0; start < samples.length; start += CHUNK_SAMPLES) {
      const chunk = new Float32Array(CHUNK_SAMPLES);
      chunk.set(samples.subarray(start, start + CHUNK_SAMPLES));
      embeddings.push(await this.#model.encode(features.push(chunk).mel));
    }
    return embeddings;
  }
}

function checkLanes(manifest: UnifiedManifest, lanes: readonly Lane[]): void {
  const missing = lanes.find((lane) => !manifest.lanes.includes(lane));
  if (!missing) return;
  const known = manifest.lanes.join(', ');
  throw new EarshotError('bad-usage', `The installed model has no ${missing} lane. It has: ${known}.`);
}
