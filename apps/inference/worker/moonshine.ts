import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { SAMPLE_RATE_HZ, type SpokenTo } from '#protocol';
import { lengthBeforeLoop, tokenLimit, type Hypothesis } from '../embedded/hypothesis.ts';
import { END_TOKEN, START_TOKEN } from '../embedded/token-text.ts';
import { readWithOutput } from './added-output.ts';
import { moonshineTokens } from '../embedded/vocabulary.ts';
import { CallListener } from './call-listener.ts';
import { ExpectedWords, type Expectation } from './expected-words.ts';
import { MergedDecoder, type Choice } from './merged-decoder.ts';
import { floatOutput, floatTensor, openModel, tensorOutput } from './onnx.ts';

/** Moonshine-tiny, as its export's inputs and outputs have it. */
const DECODER_SHAPE = { layers: 6, heads: 8, headSize: 36, vocabulary: 32_768 };

/** Width of one encoder frame; a frame stands for 384 samples (24 ms). */
export const ENCODER_WIDTH = 288;

const STATES = 'last_hidden_state';
/** What its first layer makes of a window: sounds that are no words are told apart there, and forgotten later. */
const EARLY_STATES = '/layers.0/Add_1_output_0';

/** Shorter windows are filled with silence: the convolutions need 1,023 samples, the attention something to look at. */
const MIN_WINDOW_SAMPLES = SAMPLE_RATE_HZ / 2;

const NOISE_PEAK = 0.006;

/** Log probability of an answer without words from which it is believed: more likely than not. */
const SURELY_NOTHING_LOG_PROBABILITY = Math.log(0.5);

/**
 * How much less likely than the best (natural logarithms) a word of a usual request may be behind the name, to be believed all
 * the same: "count" for "found". Nothing is believed instead of the end: words that were not said are far away there.
 */
const NEAR_BONUS = 3;
/** The same where all the words to the end make a usual request: they vouch for each other. */
const USUAL_BONUS = 5;

/** Where in the usual requests an answer goes on, and how much their words are preferred. */
interface Expected {
  readonly place: Expectation;
  readonly bonus: number;
}

/** How a recogniser is opened. */
export interface RecogniserOptions {
  /** `encodeInDepth` will be asked for. */
  readonly inDepth?: boolean;
  /** Whose name is listened for. */
  readonly spokenTo?: SpokenTo | undefined;
}

/** What to recognise. */
export interface RecogniseRequest {
  /** 16 kHz mono samples. */
  readonly samples: Float32Array;
  /** Tokens that the answer must begin with. */
  readonly settled: readonly number[];
  /** Tokens that probably follow: verified in the same pass, so a good guess costs almost nothing. */
  readonly draft: readonly number[];
  /** Guess at words where the likeliest answer is an unsure "nothing": someone is known to be speaking. */
  readonly guess: boolean;
  /** Asked before every token; true stops the decoding. */
  readonly isCancelled: () => boolean;
}

/**
 * Moonshine-tiny (MIT, Useful Sensors) on ONNX Runtime: encoder over the whole window, greedy decoder.
 *
 * Settled and drafted tokens are read in one pass; the draft is kept as far as greedy decoding would have written the
 * same (speculative decoding with the last hypothesis as the draft: Leviathan et al. 2023). The answer is exactly the
 * greedy one, at the price of the tokens that changed.
 */
export class MoonshineRecogniser {
  readonly #encoder: InferenceSession;
  readonly #decoder: MergedDecoder;
  readonly #padded = new Float32Array(MIN_WINDOW_SAMPLES);
  #expected: ExpectedWords | undefined;
  #listener: CallListener | undefined;

  private constructor(encoder: InferenceSession, decoder: MergedDecoder) {
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  /**
   * @param folder - a verified `moonshine-tiny-en` package.
   * @throws EarshotError `engine-failed` when a model cannot be loaded.
   */
  static async open(
    folder: string,
    threads: number,
    { inDepth = false, spokenTo }: RecogniserOptions = {},
  ): Promise<MoonshineRecogniser> {
    const encoderPath = join(folder, 'encoder.onnx');
    const opening = Promise.all([
      openModel(
        encoderPath,
        threads,
        inDepth ? { bytes: await readWithOutput(encoderPath, EARLY_STATES) } : {},
      ),
      MergedDecoder.open(join(folder, 'decoder.onnx'), DECODER_SHAPE, threads),
    ]);
    // 80 ms for 1,200 requests, while the runtime reads the models.
    const expected = spokenTo && new ExpectedWords(spokenTo, moonshineTokens);
    const recogniser = new MoonshineRecogniser(...(await opening));
    if (expected) await recogniser.#listenFor(expected);
    return recogniser;
  }

  /** The encoder's frames for a window: [1, frames, 288]. Offered to every lane that wants to hear. */
  async encode(samples: Float32Array): Promise<Tensor> {
    return statesOf(await this.#run(samples, [STATES]), STATES);
  }

  /** In one pass the encoder's frames and those of its first layer, of the same shape; only when opened for it. */
  async encodeInDepth(samples: Float32Array): Promise<{ states: Tensor; earlyStates: Tensor }> {
    const outputs = await this.#run(samples, [STATES, EARLY_STATES]);
    return { states: statesOf(outputs, STATES), earlyStates: statesOf(outputs, EARLY_STATES) };
  }

  /** Greedy transcription of a window. */
  async recognise(request: RecogniseRequest): Promise<Hypothesis> {
    const states = await this.encode(request.samples);
    if (request.isCancelled())
      return { tokens: request.settled, meanLogProbability: 0, complete: false, guessed: false };
    const hypothesis = await this.#decode(states, request);
    this.#decoder.end();
    return hypothesis;
  }

  async close(): Promise<void> {
    await this.#decoder.close();
    await this.#encoder.release();
  }

  async #listenFor(expected: ExpectedWords): Promise<void> {
    this.#expected = expected;
    const noise = await this.encode(faintNoise());
    this.#listener = await CallListener.open(this.#decoder, expected.calls, noise);
  }

  async #decode(states: Tensor, request: RecogniseRequest): Promise<Hypothesis> {
    const { settled, draft } = request;
    await this.#decoder.begin(states, [START_TOKEN, ...settled, ...draft]);
    const call = settled.length === 0 ? await this.#listener?.find(this.#decoder, states, draft) : undefined;
    const forced = call ?? settled;
    const read = this.#decoder.length - 1 - forced.length;
    const behind = call ? draft.slice(call.length, call.length + read) : draft;
    const place = this.#expected?.behind(forced);
    if (!this.#expected || !place) return this.#write(request, forced, behind);
    const usual = await this.#write(request, forced, behind, { place, bonus: USUAL_BONUS });
    if (usual.request !== 'any words' || this.#expected.isUsual(usual.tokens)) return usual;
    // Nothing usual after all: only words that are nearly as likely are taken for one.
    await this.#decoder.begin(states, [START_TOKEN, ...forced, ...behind]);
    return this.#write(request, forced, behind, { place, bonus: NEAR_BONUS });
  }

  /** Goes on behind the forced tokens, of which the decoder has read the draft too. */
  async #write(
    request: RecogniseRequest,
    forced: readonly number[],
    draft: readonly number[],
    expected?: Expected,
  ): Promise<Hypothesis> {
    const { settled, isCancelled } = request;
    const limit = Math.max(tokenLimit(request.samples.length), forced.length + 1);
    const tokens = [...forced];
    const bonus = expected?.bonus ?? 0;
    let place = expected?.place;
    let logProbabilitySum = 0;
    // That somebody was called is certain once it is believed.
    let chosen = forced.length - settled.length;

    let choice = this.#choose(place, bonus, draft.length);
    const guessed =
      request.guess &&
      forced.length === 0 &&
      choice.token === END_TOKEN &&
      choice.logProbability < SURELY_NOTHING_LOG_PROBABILITY;
    if (guessed) choice = this.#decoder.chooseOther(END_TOKEN, draft.length);
    for (const [index, drafted] of draft.entries()) {
      if (choice.token !== drafted || tokens.length >= limit) break;
      tokens.push(drafted);
      logProbabilitySum += choice.logProbability;
      chosen += 1;
      place = place && this.#expected?.after(place, drafted);
      choice = this.#choose(place, bonus, draft.length - index - 1);
    }
    this.#decoder.rewind(1 + tokens.length);

    while (choice.token !== END_TOKEN && tokens.length < limit && !isCancelled()) {
      tokens.push(choice.token);
      logProbabilitySum += choice.logProbability;
      chosen += 1;
      const length = lengthBeforeLoop(tokens);
      if (length < tokens.length) {
        tokens.length = Math.max(length, forced.length);
        break;
      }
      place = place && this.#expected?.after(place, choice.token);
      await this.#decoder.step(choice.token);
      choice = this.#choose(place, bonus);
    }
    if (choice.token === END_TOKEN) {
      // That it ends here is a choice too: a hypothesis that stops too early is an unlikely one.
      logProbabilitySum += choice.logProbability;
      chosen += 1;
    }
    return {
      tokens,
      guessed,
      meanLogProbability: chosen > 0 ? logProbabilitySum / chosen : 0,
      complete: choice.token === END_TOKEN,
      request: this.#expected?.requestSoFar(tokens),
    };
  }

  /** The next token: the likeliest one, or behind a name the word of a usual request that is nearly as likely. */
  #choose(place: Expectation | undefined, bonus: number, back = 0): Choice {
    const best = this.#decoder.choose(back);
    if (!place || best.token === END_TOKEN || this.#expected?.isPunctuation(best.token) === true) return best;
    return this.#decoder.chooseAmong(place.next.keys(), best, bonus, back);
  }

  #run(samples: Float32Array, wanted: readonly string[]): Promise<InferenceSession.OnnxValueMapType> {
    const window = this.#atLeastMinimum(samples);
    return this.#encoder.run({ input_values: floatTensor(window, [1, window.length]) }, wanted);
  }

  #atLeastMinimum(samples: Float32Array): Float32Array {
    if (samples.length >= MIN_WINDOW_SAMPLES) return samples;
    this.#padded.fill(0);
    this.#padded.set(samples);
    return this.#padded;
  }
}

function statesOf(outputs: InferenceSession.OnnxValueMapType, name: string): Tensor {
  // Reading the data checks its type once, here, instead of deep inside the decoder.
  floatOutput(outputs, name);
  return tensorOutput(outputs, name);
}

/** A second and a half in which nobody speaks, the same each time. */
function faintNoise(): Float32Array {
  let state = 1;
  return Float32Array.from({ length: 1.5 * SAMPLE_RATE_HZ }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state / 2 ** 32 - 0.5) * NOISE_PEAK;
  });
}
