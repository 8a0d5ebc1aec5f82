import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Rectangle } from './bounds.ts';

const rectangleSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
const memorySchema = z.object({
  main: rectangleSchema.optional(),
  captions: rectangleSchema.optional(),
  /** The person was told that closing the window keeps listening. */
  toldAboutTray: z.boolean().default(false),
});
export type RememberedWindow = 'main' | 'captions';

/** Moving a window says so many times a second; this long after the last time it is written down. */
const WRITE_DELAY_MS = 400;

/**
 * Where the windows were, in a small file of its own: it is nobody's choice and no loss, so a file that cannot be
 * read or written is passed over in silence.
 */
export class WindowMemory {
  readonly #path: string;
  #memory: z.infer<typeof memorySchema>;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#memory = readMemory(path);
  }

  bounds(window: RememberedWindow): Rectangle | undefined {
    return this.#memory[window];
  }

  rememberBounds(window: RememberedWindow, bounds: Rectangle): void {
    this.#change({ [window]: bounds });
  }

  get toldAboutTray(): boolean {
    return this.#memory.toldAboutTray;
  }

  rememberToldAboutTray(): void {
    this.#change({ toldAboutTray: true });
  }

  /** Writes down what is not yet written. */
  dispose(): void {
    if (this.#timer) this.#write();
  }

  #change(change: Partial<z.infer<typeof memorySchema>>): void {
    this.#memory = { ...this.#memory, ...change };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(), WRITE_DELAY_MS);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const temporary = `${this.#path}.new`;
    try {
      writeFileSync(temporary, JSON.stringify(this.#memory));
      renameSync(temporary, this.#path);
    } catch {
      // The windows open in the middle next time.
    }
  }
}

function readMemory(path: string): z.infer<typeof memorySchema> {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return memorySchema.parse({});
  }
}
