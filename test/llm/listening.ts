import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { settingsSchema, type EarshotEvent, type EventOf } from '#protocol';
import { RunningEarshot } from '../cli/earshot.ts';

export interface Listening {
  readonly dataDir: string;
  /** The server, and the model that answers there. */
  readonly address: string;
  readonly model: string;
  /** What the assistant is called; Earshot when absent. */
  readonly assistantName?: string;
  /** Whether the session stays in the timeline. */
  readonly keep: boolean;
}

/** The built command with a language model, ready for sound on its standard input: 16 kHz, 16 bit, mono. */
export async function listenWith(options: Listening): Promise<RunningEarshot> {
  const { assistant, ...rest } = settingsSchema.parse({});
  const { dataDir, address, model, assistantName = assistant.name, keep } = options;
  const settings = { ...rest, llm: { address, model }, assistant: { ...assistant, name: assistantName } };
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify(settings));
  const flags = keep ? [] : ['--no-keep'];
  const running = new RunningEarshot(['listen', '-', '--raw', 's16le', '--json', ...flags], {
    dataDir,
    openStdin: true,
  });
  await running.until((events) => events.some(({ type }) => type === 'ready'));
  return running;
}

export const repliesIn = (events: readonly EarshotEvent[]): EventOf<'reply'>[] =>
  events.filter((event) => event.type === 'reply');
