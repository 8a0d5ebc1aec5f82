import type { EarshotEvent, Lane } from '#protocol';

/** Lanes from which the assistant hears; a translation changes nothing that it does. */
const HEARD: readonly Lane[] = ['transcribe', 'sounds'];

interface Waiting {
  readonly event: EarshotEvent;
  readonly chunk: number;
}

/**
 * Puts what the lanes say into the order of stream time. Of a recording that is read as fast as possible one lane may be
 * seconds ahead of the other; live they decide within milliseconds of each other, and nothing waits.
 */
export class LaneOrder {
  readonly #positions = new Map<Lane, number>();
  #waiting: Waiting[] = [];

  /** @param lanes - those that will decide; those that have decided so far when absent. */
  constructor(lanes: readonly Lane[] = []) {
    for (const lane of lanes) if (HEARD.includes(lane)) this.#positions.set(lane, -1);
  }

  /** From now on only these lanes are waited for. */
  setLanes(lanes: readonly Lane[]): void {
    const furthest = Math.max(-1, ...this.#positions.values());
    for (const lane of [...this.#positions.keys()]) if (!lanes.includes(lane)) this.#positions.delete(lane);
    for (const lane of lanes) {
      if (HEARD.includes(lane) && !this.#positions.has(lane)) this.#positions.set(lane, furthest);
    }
  }

  /** Takes an event; returns what every lane has come up to, in order. */
  push(event: EarshotEvent): EarshotEvent[] {
    if (event.type === 'decision') {
      if (!HEARD.includes(event.lane)) return [];
      this.#positions.set(event.lane, Math.max(event.chunk, this.#positions.get(event.lane) ?? -1));
      this.#waiting.push({ event, chunk: event.chunk });
    } else {
      const lane: Lane = event.type === 'sound' ? 'sounds' : 'transcribe';
      const chunk = this.#positions.get(lane) ?? Math.max(-1, ...this.#positions.values());
      this.#waiting.push({ event, chunk });
    }
    return this.#take(Math.min(...this.#positions.values()));
  }

  /** The rest, when nothing more will come. */
  flush(): EarshotEvent[] {
    return this.#take(Infinity);
  }

  #take(upTo: number): EarshotEvent[] {
    const ready = this.#waiting.filter(({ chunk }) => chunk <= upTo);
    if (ready.length === 0) return [];
    this.#waiting = this.#waiting.filter(({ chunk }) => chunk > upTo);
    return ready.sort((left, right) => left.chunk - right.chunk).map(({ event }) => event);
  }
}
