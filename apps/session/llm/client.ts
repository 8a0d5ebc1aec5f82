import type OpenAI from 'openai';
import { z } from 'zod';
import { EarshotError } from '#protocol';
import type { ServerAddress } from './address.ts';
import { createGuardedFetch, type Resolve } from './guarded-fetch.ts';
import { statusOf, toLlmError } from './llm-error.ts';

/** How long to wait, in milliseconds. */
export interface LlmTimeouts {
  readonly connectMs: number;
  /** From the question to the first piece of the answer: the server may load its model or read a long prompt. */
  readonly firstTokenMs: number;
  readonly betweenTokensMs: number;
}

export const LLM_TIMEOUTS: LlmTimeouts = { connectMs: 2_000, firstTokenMs: 60_000, betweenTokensMs: 15_000 };

export type ChatMessage = OpenAI.Chat.Completions.ChatCompletionMessageParam;
export type ChatTool = OpenAI.Chat.Completions.ChatCompletionFunctionTool;

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatTool[];
  readonly maxTokens: number;
}

/** A call that the model would like to have made. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it; nothing about it is checked yet. */
  readonly arguments: string;
}

/** A part of an answer: words as they come, calls when they are complete. */
export type ChatPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'calls'; readonly calls: readonly ToolCall[] };

/** A model that a server offers. */
export interface LlmModel {
  readonly id: string;
  readonly ownedBy: string | undefined;
  /** Tokens that a prompt and its answer may have together, where the server tells. */
  readonly contextTokens: number | undefined;
}

const modelSchema = z.object({
  id: z.string().min(1),
  owned_by: z.string().nullish(),
  max_model_len: z.number().positive().nullish(),
  meta: z
    .object({ n_ctx: z.number().positive().nullish(), n_ctx_train: z.number().positive().nullish() })
    .nullish(),
});
const modelListSchema = z.object({ data: z.array(modelSchema).nullable() });

const chunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z
        .object({
          content: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({
                index: z.number().int().nonnegative().nullish(),
                id: z.string().nullish(),
                function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
              }),
            )
            .nullish(),
        })
        .nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
});
type Chunk = z.infer<typeof chunkSchema>;

/** One OpenAI-compatible server, spoken to through the `openai` package and our own guarded fetch. */
export class LlmClient {
  readonly server: ServerAddress;
  readonly #timeouts: LlmTimeouts;
  readonly #options: ConstructorParameters<typeof OpenAI>[0];
  #openai: Promise<OpenAI> | undefined;

  constructor(options: {
    readonly server: ServerAddress;
    readonly apiKey?: string | undefined;
    readonly timeouts?: Partial<LlmTimeouts>;
    readonly resolve?: Resolve;
  }) {
    this.server = options.server;
    this.#timeouts = { ...LLM_TIMEOUTS, ...options.timeouts };
    this.#options = {
      baseURL: options.server.baseUrl,
      // The package insists on a key; local servers ignore it.
      apiKey: options.apiKey ?? 'none',
      organization: null,
      project: null,
      maxRetries: 0,
      // Deadlines are ours: the package knows none between tokens.
      timeout: 24 * 3_600_000,
      logLevel: 'off',
      fetch: createGuardedFetch({
        server: options.server,
        connectTimeoutMs: this.#timeouts.connectMs,
        ...(options.resolve && { resolve: options.resolve }),
      }),
    };
  }

  /** Loaded when something is asked: every start of the command would wait for a library that few runs need. */
  #api(): Promise<OpenAI> {
    return (this.#openai ??= import('openai').then(({ default: Client }) => new Client(this.#options)));
  }

  /**
   * The models that the server offers.
   *
   * @throws EarshotError `offline`, `protocol`, `engine-failed` or `bad-input`.
   */
  async models(signal?: AbortSignal): Promise<LlmModel[]> {
    const deadline = AbortSignal.timeout(this.#timeouts.connectMs * 2);
    try {
      const answer: unknown = await (
        await this.#api()
      ).get('/models', {
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      });
      return (modelListSchema.parse(answer).data ?? []).map(({ id, owned_by, max_model_len, meta }) => ({
        id,
        ownedBy: owned_by ?? undefined,
        contextTokens: max_model_len ?? meta?.n_ctx ?? meta?.n_ctx_train ?? undefined,
      }));
    } catch (thrown) {
      if (thrown instanceof z.ZodError || thrown instanceof SyntaxError) {
        throw new EarshotError('protocol', `${this.server.origin} is not an OpenAI-compatible server.`, {
          cause: thrown,
        });
      }
      if (deadline.aborted)
        throw new EarshotError('offline', `${this.server.origin} does not answer.`, { retryable: true });
      throw toLlmError(thrown, this.server.origin, '', false);
    }
  }

  /**
   * Asks and streams the answer. Ends without an error when `signal` is aborted; the connection is closed then, and
   * the server stops computing.
   *
   * @throws EarshotError for a person: `offline`, `model-missing`, `engine-failed`, `protocol`, `bad-input`.
   */
  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatPiece> {
    if (signal.aborted) return;
    const watch = new Watchdog(signal);
    const calls = new CallAssembly();
    let begun = false;
    let finished = false;
    try {
      watch.expect(this.#timeouts.firstTokenMs, 'The language model takes too long to answer.');
      for await (const chunk of await this.#open(request, watch.signal)) {
        begun = true;
        watch.expect(
          this.#timeouts.betweenTokensMs,
          'The language model stopped in the middle of its answer.',
        );
        const [choice] = chunkSchema.parse(chunk).choices;
        if (!choice) continue;
        calls.add(choice.delta?.tool_calls);
        if (choice.finish_reason) finished = true;
        const text = choice.delta?.content ?? '';
        if (text !== '') yield { kind: 'text', text };
      }
      if (watch.expired) throw watch.expired;
      if (signal.aborted) return;
      if (!finished)
        throw new EarshotError('engine-failed', 'The language model broke off. Try again.', {
          retryable: true,
        });
      if (calls.complete.length > 0) yield { kind: 'calls', calls: calls.complete };
    } catch (thrown) {
      if (watch.expired) throw watch.expired;
      if (signal.aborted) return;
      if (thrown instanceof z.ZodError) {
        throw new EarshotError('protocol', 'The language model answered in a form that cannot be read.', {
          cause: thrown,
        });
      }
      throw toLlmError(thrown, this.server.origin, request.model, begun);
    } finally {
      watch.dispose();
    }
  }

  /** The whole answer as one text. @throws EarshotError as `chat`, and `cancelled` when aborted. */
  async complete(request: ChatRequest, signal: AbortSignal): Promise<string> {
    let text = '';
    for await (const piece of this.chat(request, signal)) if (piece.kind === 'text') text += piece.text;
    if (signal.aborted) throw new EarshotError('cancelled', 'Stopped.');
    return text;
  }

  async #open(request: ChatRequest, signal: AbortSignal): Promise<AsyncIterable<unknown>> {
    const { model, messages, tools = [], maxTokens } = request;
    const plain = { model, messages: [...messages], max_tokens: maxTokens, stream: true as const };
    const { completions } = (await this.#api()).chat;
    if (tools.length === 0) return completions.create(plain, { signal });
    try {
      return await completions.create({ ...plain, tools: [...tools] }, { signal });
    } catch (thrown) {
      // Ollama refuses tools for models without a template for them; such a model can still answer.
      const refused = thrown instanceof Error && statusOf(thrown) === 400 && /tool/i.test(thrown.message);
      if (!refused) throw thrown;
      return completions.create(plain, { signal });
    }
  }
}

/** Aborts when what is expected does not come in time, or when the outer signal is aborted. */
class Watchdog {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #forward = (): void => this.#controller.abort();
  #timer: NodeJS.Timeout | undefined;
  expired: EarshotError | undefined;

  constructor(outer: AbortSignal) {
    this.#outer = outer;
    outer.addEventListener('abort', this.#forward, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  expect(withinMs: number, otherwise: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.expired = new EarshotError('engine-failed', otherwise, { retryable: true });
      this.#controller.abort();
    }, withinMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#forward);
    this.#controller.abort();
  }
}

/** Puts calls together whose name and arguments come in parts. */
class CallAssembly {
  readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();

  add(parts: NonNullable<Chunk['choices'][number]['delta']>['tool_calls']): void {
    parts?.forEach((part, position) => {
      const index = part.index ?? position;
      const call = this.#calls.get(index) ?? { id: `call-${index}`, name: '', arguments: '' };
      this.#calls.set(index, {
        id: part.id ?? call.id,
        name: call.name + (part.function?.name ?? ''),
        arguments: call.arguments + (part.function?.arguments ?? ''),
      });
    });
  }

  get complete(): ToolCall[] {
    return [...this.#calls.values()].filter(({ name }) => name !== '');
  }
}
