import { NUMBER_PATTERN, parseNumber } from './numbers.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const PART = new RegExp(
  `(${NUMBER_PATTERN})(?:[- ]+(and a half))?[- ]+(second|minute|hour)s?\\b(?: (and a half))?`,
  'gi',
);
const HALVES: readonly (readonly [RegExp, string])[] = [
  [/\bhalf (?:an )?hour\b/gi, '30 minutes'],
  [/\b(?:a )?quarter of an hour\b/gi, '15 minutes'],
  [/\bhalf a minute\b/gi, '30 seconds'],
  [/\ba couple of\b/gi, '2'],
  [/\b(?:last|past) (?=(?:minute|hour)\b)/gi, 'last 1 '],
];

/** The first duration in a text, in seconds: "five minutes", "an hour and a half", "1 minute 30"; undefined without one. */
export function findDurationSeconds(text: string): number | undefined {
  const plain = HALVES.reduce((current, [pattern, value]) => current.replace(pattern, value), text);
  let seconds: number | undefined;
  for (const [, amount = '', halfBefore, unit = '', halfAfter] of plain.matchAll(PART)) {
    const value = parseNumber(amount);
    if (value === undefined) continue;
    const half = halfBefore === undefined && halfAfter === undefined ? 0 : 0.5;
    seconds = (seconds ?? 0) + (value + half) * (UNIT_SECONDS[unit.charAt(0).toLowerCase()] ?? 0);
  }
  return seconds;
}

/** A duration as it is said: "5 minutes", "1 hour and 30 minutes". */
export function sayDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts: string[] = [];
  const add = (value: number, unit: string): void => {
    if (value > 0) parts.push(`${value} ${unit}${value === 1 ? '' : 's'}`);
  };
  add(Math.floor(whole / 3600), 'hour');
  add(Math.floor((whole % 3600) / 60), 'minute');
  add(whole % 60, 'second');
  return parts.length === 0 ? '0 seconds' : parts.join(' and ');
}
