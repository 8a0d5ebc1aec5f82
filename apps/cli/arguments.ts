import { InvalidArgumentError, type Command } from 'commander';
import { LANES, languageCodeSchema, laneSchema, UNIFIED_CHUNK_SECONDS, type Lane } from '#protocol';
import { badUsage } from './failure.ts';

/** `transcribe,sounds` as lanes; says which exist when one does not. */
export function parseLanes(text: string): Lane[] {
  const lanes: Lane[] = [];
  for (const name of text.split(',').map((part) => part.trim())) {
    const lane = laneSchema.safeParse(name);
    if (!lane.success)
      throw new InvalidArgumentError(`There is no lane “${name}”. Lanes: ${LANES.join(', ')}.`);
    if (!lanes.includes(lane.data)) lanes.push(lane.data);
  }
  return lanes;
}

/** A language by its two letters. */
export function parseLanguage(text: string): string {
  const language = languageCodeSchema.safeParse(text.trim().toLowerCase());
  if (language.success) return language.data;
  throw new InvalidArgumentError(`“${text}” is no language. Name it by two letters, such as es.`);
}

/** Sound that the unified model hears at a time, in seconds. */
export function parseChunk(text: string): (typeof UNIFIED_CHUNK_SECONDS)[number] {
  const found = UNIFIED_CHUNK_SECONDS.find((seconds) => seconds === Number(text));
  if (found !== undefined) return found;
  throw new InvalidArgumentError(
    `“${text}” is no length that the model can hear at a time: ${UNIFIED_CHUNK_SECONDS.join(', ')}.`,
  );
}

/** A session's number. */
export function parseSessionId(text: string): number {
  const id = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id) || id < 1) {
    throw new InvalidArgumentError(`“${text}” is not a session number. “earshot sessions” lists them.`);
  }
  return id;
}

/** Refuses words behind a command that stands in for the others of its family. */
export function refuseExtraWords(family: Command, command: Command): void {
  const [word] = command.args;
  if (word === undefined) return;
  const names = family.commands.map((each) => each.name()).join(', ');
  throw badUsage(`There is no “${family.name()} ${word}”. There is: ${names}.`);
}

/** A whole number from 1 to `most`. */
export function parseCount(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1 || number > most) {
      throw new InvalidArgumentError(`“${text}” is not a whole number from 1 to ${most}.`);
    }
    return number;
  };
}
