import { CHUNK_MS } from '#protocol';

/** What the parts of the loop take, in milliseconds. */
export interface PartTimes {
  readonly towerMs: number;
  readonly stepMs: number;
  readonly tokenMs: number;
}

/** Where the tower computes: between the decoder's steps, or on a processor of its own beside them. */
export type TowerPlace = 'shared' | 'aside';

/**
 * When the first words of every response come after its chunk was there, as the loop's rules alone would have it: both loops do
 * the same work, the FIFO lets the tower go ahead while a reply is given.
 *
 * @param stream - its length, the chunks that are answered, and the time from one to the next (0.4 s when absent).
 * @param replySteps - steps of the decoder in a reply; the first brings the first words.
 */
export function expectedResponses(
  { towerMs, stepMs, tokenMs }: PartTimes,
  stream: { readonly chunks: number; readonly loud: readonly number[]; readonly chunkMs?: number },
  replySteps: number,
  loop: 'fifo' | 'sync',
  tower: TowerPlace,
): number[] {
  const chunkMs = stream.chunkMs ?? CHUNK_MS;
  const answered = new Set(stream.loud);
  const responses: number[] = [];
  /** When each chunk's tower was done, the lane with everything before, the decoder (and the tower, where it is shared). */
  const perceivedAt: number[] = [];
  let decidedAt = 0;
  let freeAt = 0;
  let perceived = 0;
  const perceive = (noEarlierThan: number): void => {
    const arrival = (perceived + 1) * chunkMs;
    const start = Math.max(arrival, perceivedAt[perceived - 1] ?? 0, noEarlierThan);
    perceivedAt.push(start + towerMs);
    if (tower === 'shared') freeAt = start + towerMs;
    perceived += 1;
  };
  /** One step of the decoder, behind every tower that was asked for before it. */
  const decode = (asked: number, ms: number): number => {
    const towerAsked = (): number => Math.max((perceived + 1) * chunkMs, perceivedAt[perceived - 1] ?? 0);
    if (loop === 'fifo') {
      while (perceived < stream.chunks && towerAsked() <= asked) {
        perceive(tower === 'shared' ? freeAt : 0);
      }
    }
    freeAt = Math.max(asked, freeAt) + ms;
    return freeAt;
  };
  for (let chunk = 0; chunk < stream.chunks; chunk += 1) {
    if (perceived <= chunk) perceive(loop === 'sync' ? decidedAt : tower === 'shared' ? freeAt : 0);
    decidedAt = decode(Math.max(decidedAt, perceivedAt[chunk] ?? 0), stepMs);
    if (!answered.has(chunk)) continue;
    for (let step = 0; step < replySteps; step += 1) {
      decidedAt = decode(decidedAt, tokenMs);
      if (step === 0) responses.push(decidedAt - (chunk + 1) * chunkMs);
    }
  }
  return responses;
}
