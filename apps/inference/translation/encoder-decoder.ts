import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { MergedDecoder } from '../worker/merged-decoder.ts';
import { floatOutput, openModel, tensorOutput } from '../worker/onnx.ts';
import { beamSearch, logSumExp, type BeamOptions, type Hypothesis } from './beam-search.ts';
import { TRANSLATION_FILES, wrongLayout, type TranslationModel } from './package-files.ts';

/** What to generate. */
export interface GenerateRequest {
  /** Source tokens, with the end token. */
  readonly source: readonly number[];
  /** Tokens that the answer must begin with. */
  readonly prefix: readonly number[];
  readonly beams: number;
  /** Token sequences that the answer must hold. */
  readonly constraints?: readonly (readonly number[])[];
  readonly continuesWord?: (token: number) => boolean;
  readonly isCancelled: () => boolean;
}

/** An answer holds at most so many tokens for each source token, and a few more. */
const MAX_GROWTH = 2;
const SPARE_TOKENS = 10;

/** A text-to-text encoder-decoder in Optimum's layout (Marian and its kin) on ONNX Runtime. */
export class EncoderDecoder {
  readonly #encoder: InferenceSession;
  readonly #decoder: MergedDecoder;
  readonly #model: TranslationModel;
  readonly #suppressed: ReadonlySet<number>;

  private constructor(encoder: InferenceSession, decoder: MergedDecoder, model: TranslationModel) {
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#model = model;
    const single = (model.generation.bad_words_ids ?? []).flatMap((ids) => (ids.length === 1 ? ids : []));
    this.#suppressed = new Set([...single, model.config.pad_token_id]);
  }

  /** @throws EarshotError `model-corrupt` for another layout, `engine-failed` when a graph cannot be loaded. */
  static async open(model: TranslationModel, threads: number): Promise<EncoderDecoder> {
    const { folder, config } = model;
    for (const file of [TRANSLATION_FILES.encoder, TRANSLATION_FILES.decoder]) {
      if (!existsSync(join(folder, file))) throw wrongLayout(folder, `it has no ${file}`);
    }
    const shape = {
      layers: config.decoder_layers,
      heads: config.decoder_attention_heads,
      headSize: config.d_model / config.decoder_attention_heads,
      vocabulary: config.vocab_size,
    };
    const encoder = await openModel(join(folder, TRANSLATION_FILES.encoder), threads);
    const decoder = await MergedDecoder.open(join(folder, TRANSLATION_FILES.decoder), shape, threads);
    const [missing] = [
      ...['input_ids', 'attention_mask'].filter((name) => !encoder.inputNames.includes(name)),
      ...decoder.missingInputs,
    ];
    if (missing !== undefined) throw wrongLayout(folder, `its graphs have no input "${missing}"`);
    return new EncoderDecoder(encoder, decoder, model);
  }

  /** The best answer; its score counts the prefix as well. */
  async generate(request: GenerateRequest): Promise<Hypothesis> {
    const { config, generation } = this.#model;
    const source = this.#fit(request.source);
    const ids = new Tensor('int64', BigInt64Array.from(source, BigInt), [1, source.length]);
    const mask = new Tensor('int64', new BigInt64Array(source.length).fill(1n), [1, source.length]);
    const outputs = await this.#encoder.run({ input_ids: ids, attention_mask: mask });
    // Reading the data checks its type once, here, instead of deep inside the decoder.
    floatOutput(outputs, 'last_hidden_state');
    if (request.isCancelled()) return { tokens: [], score: Number.NEGATIVE_INFINITY, complete: false };
    const start = [config.decoder_start_token_id, ...request.prefix];
    await this.#decoder.begin(tensorOutput(outputs, 'last_hidden_state'), start, mask);
    const prefix = { length: request.prefix.length, logProbability: this.#prefixProbability(request.prefix) };
    const last = request.prefix.length;
    let begun = false;
    const limit = Math.min(
      generation.max_length ?? Number.POSITIVE_INFINITY,
      config.max_position_embeddings - 1,
      source.length * MAX_GROWTH + SPARE_TOKENS,
    );
    const options: BeamOptions = {
      beams: request.beams,
      maxTokens: Math.max(1, limit - prefix.length),
      endToken: config.eos_token_id,
      suppressed: this.#suppressed,
      barsLoops: true,
      lengthPenalty: generation.length_penalty ?? 1,
      ...(request.constraints && { constraints: request.constraints }),
      ...(request.continuesWord && { continuesWord: request.continuesWord }),
      prefix,
      isCancelled: request.isCancelled,
    };
    const hypothesis = await beamSearch(
      {
        // After the first pass the rows of logits are positions of the one row.
        logitsOf: (row) => this.#decoder.logitsOf(begun ? row : last),
        advance: async (parents, tokens) => {
          begun = true;
          this.#decoder.branch(parents);
          await this.#decoder.stepRows(tokens);
        },
      },
      options,
    );
    this.#decoder.end();
    return hypothesis;
  }

  async close(): Promise<void> {
    await this.#decoder.close();
    await this.#encoder.release();
  }

  /** What the model itself would have given for the tokens that it was made to begin with. */
  #prefixProbability(prefix: readonly number[]): number {
    let sum = 0;
    for (const [position, token] of prefix.entries()) {
      const logits = this.#decoder.logitsOf(position);
      sum += (logits[token] ?? 0) - logSumExp(logits);
    }
    return sum;
  }

  /** A source that is too long keeps its beginning and its end token. */
  #fit(source: readonly number[]): readonly number[] {
    const most = this.#model.config.max_position_embeddings;
    return source.length <= most ? source : [...source.slice(0, most - 1), this.#model.config.eos_token_id];
  }
}
