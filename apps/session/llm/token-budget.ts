import type { ResponderContext } from '../assistant/responder.ts';

/** What of the context goes to the model: the newest lines whole, then summaries, sounds and replies. */
export type FittedContext = Pick<ResponderContext, 'summaries' | 'lines' | 'sounds' | 'replies'>;

/** Tokens that JSON, times and the model's own template put around an item. */
const OVERHEAD_TOKENS = 16;

/** Share of the budget that the last lines may take as long as there is something older to keep. */
const LINES_SHARE = 0.6;

/**
 * Tokens of a text, rather too many than too few: no tokenizer of ours is the server's. Latin text has about four
 * characters a token, Chinese or Cyrillic as little as one.
 */
export function estimateTokens(text: string): number {
  let wide = 0;
  for (const character of text) if ((character.codePointAt(0) ?? 0) > 0x24f) wide += 1;
  return Math.ceil((text.length - wide) / 3) + Math.ceil(wide * 1.5);
}

/** Takes the newest of a list (last first) until a budget is spent; keeps their order. */
function newest<Item extends { readonly text: string }>(
  items: readonly Item[],
  tokens: number,
): { taken: Item[]; left: number } {
  let left = tokens;
  const taken: Item[] = [];
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (!item) break;
    const cost = estimateTokens(item.text) + OVERHEAD_TOKENS;
    if (cost > left) break;
    left -= cost;
    taken.unshift(item);
  }
  return { taken, left };
}

/** Fits what was heard into a number of tokens. Never exceeds it by the estimate; what falls out is the oldest. */
export function fitContext(context: ResponderContext, tokens: number): FittedContext {
  const share = needsSummaries(context, tokens) ? LINES_SHARE : 1;
  const lines = newest(context.lines, Math.floor(tokens * share));
  let left = tokens - Math.floor(tokens * share) + lines.left;
  // What is said in full is not summed up as well.
  const saidFrom = lines.taken[0]?.startSeconds ?? Infinity;
  const summaries = newest(
    context.summaries.filter(({ startSeconds }) => startSeconds < saidFrom),
    left,
  );
  left = summaries.left;
  const replies = newest(context.replies.slice(-6), left);
  const soundCount = Math.max(0, Math.floor(replies.left / OVERHEAD_TOKENS));
  const sounds = soundCount === 0 ? [] : context.sounds.slice(-Math.min(soundCount, 50));
  return { summaries: summaries.taken, lines: lines.taken, replies: replies.taken, sounds };
}

function needsSummaries({ summaries, lines }: ResponderContext, tokens: number): boolean {
  const first = summaries[0]?.startSeconds;
  if (first === undefined) return false;
  const all = newest(lines, tokens).taken;
  return first < (all[0]?.startSeconds ?? Infinity);
}

/** Tokens that {@link fitContext} counts for what it took. */
export function contextTokens(fitted: FittedContext): number {
  const words = [...fitted.lines, ...fitted.summaries, ...fitted.replies];
  const text = words.reduce((sum, { text }) => sum + estimateTokens(text) + OVERHEAD_TOKENS, 0);
  return text + fitted.sounds.length * OVERHEAD_TOKENS;
}
