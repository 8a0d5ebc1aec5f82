import { CommanderError } from 'commander';
import { EarshotError, isInputError, toEarshotError } from '#protocol';

/** How a command ended: its exit code, and the one line that says why when it is not 0. */
export interface Ending {
  readonly exitCode: 0 | 1 | 2;
  readonly message?: string;
}

/** Codes under which commander leaves without anything being wrong. */
const COMMANDER_SUCCESS = new Set(['commander.helpDisplayed', 'commander.version']);

/** A sentence of ours that commander has put its own in front of; its list of choices needs the front. */
const OWN_WORDS =
  /^(?:option|command-argument) .*? is invalid(?: for argument '.*?')?\. (?!Allowed choices)(.+)$/;

/** Commander's own words as one line: without its prefix, its line breaks, and with a full stop. */
function usageMessage(error: CommanderError): string {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  const ownWords = OWN_WORDS.exec(text)?.[1];
  if (ownWords !== undefined) return ownWords;
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?)]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Turns whatever was thrown into an exit code (1 failed, 2 bad usage or input) and one line. */
export function endingOf(thrown: unknown): Ending {
  if (thrown instanceof CommanderError) {
    if (COMMANDER_SUCCESS.has(thrown.code)) return { exitCode: 0 };
    // Help that stands in for a missing command was printed already.
    return thrown.code === 'commander.help'
      ? { exitCode: 2 }
      : { exitCode: 2, message: usageMessage(thrown) };
  }
  const error = toEarshotError(thrown);
  const line = error.message.replace(/\s*\n\s*/g, ' ').trim();
  const message = error.code === 'internal' ? `Something went wrong inside Earshot: ${line}` : line;
  return { exitCode: isInputError(error.code) ? 2 : 1, message };
}

/** Bad usage that only the command itself can see. */
export function badUsage(message: string): EarshotError {
  return new EarshotError('bad-usage', message);
}
