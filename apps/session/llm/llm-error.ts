import { EarshotError } from '#protocol';

/** An error and everything that caused it. */
function causes(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let each = thrown; each !== undefined && chain.length < 8;) {
    chain.push(each);
    each = each instanceof Error ? each.cause : undefined;
  }
  return chain;
}

function systemCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

/** The HTTP status with which a server refused, as the library's errors carry it. */
export function statusOf(thrown: unknown): number | undefined {
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
  return typeof status === 'number' ? status : undefined;
}

const NOT_LOADED =
  /model.{0,80}(not found|not loaded|does not exist)|no models? (is |are )?loaded|try pulling/is;
const TOO_LONG = /context (length|size|window)|too many tokens|maximum context|exceeds? .{0,30}context/i;

/** Whatever went wrong while asking a language model, in one line that can be shown or read out. */
export function toLlmError(thrown: unknown, origin: string, model: string, begun: boolean): EarshotError {
  const chain = causes(thrown);
  for (const each of chain) if (each instanceof EarshotError) return each;
  const codes = chain.map(systemCode);
  const failure = (...[code, message, retryable]: ConstructorArguments) =>
    new EarshotError(code, message, { cause: thrown, retryable });
  if (codes.some((code) => ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN'].includes(code))) {
    return failure(
      'offline',
      `No language model answers at ${origin}. Start it, or run: earshot llm find`,
      true,
    );
  }
  const status = statusOf(thrown);
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  if (NOT_LOADED.test(words)) {
    return failure(
      'model-missing',
      `The language model "${model}" is not loaded at ${origin}. Load it there, or choose one with: earshot llm models`,
      false,
    );
  }
  if (status === 401 || status === 403) {
    return failure('bad-input', `${origin} asks for a key. Set it in EARSHOT_LLM_API_KEY.`, false);
  }
  if (TOO_LONG.test(words)) {
    return failure(
      'engine-failed',
      'That was more than the language model can read at once. Ask about a shorter time.',
      false,
    );
  }
  if (status === 404) return failure('protocol', `${origin} is not an OpenAI-compatible server.`, false);
  if (status === 503)
    return failure(
      'engine-failed',
      'The language model is still loading or busy. Try again in a moment.',
      true,
    );
  if (status !== undefined && status >= 500) {
    return failure('engine-failed', `The language model failed (status ${status}). Try again.`, true);
  }
  if (status !== undefined)
    return failure('protocol', `The language model refused the request (status ${status}).`, false);
  if (chain.some((each) => each instanceof SyntaxError)) {
    return failure('protocol', 'The language model answered in a form that cannot be read.', false);
  }
  if (begun) return failure('engine-failed', 'The language model broke off. Try again.', true);
  return failure('engine-failed', 'The language model could not be asked. Try again.', true);
}

type ConstructorArguments = [code: EarshotError['code'], message: string, retryable: boolean];
