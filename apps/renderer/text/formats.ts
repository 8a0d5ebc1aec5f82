import { formatStreamTime } from '#protocol';

/** How a language writes what is not a sentence. */
export interface Formats {
  bytes(bytes: number): string;
  percent(fraction: number): string;
  /** A short time: 180 ms, 1.4 s. */
  milliseconds(value: number): string;
  /** Time of day with seconds: 12:04:31. */
  clock(ms: number): string;
  /** Time of day: 12:04. */
  minute(ms: number): string;
  /** "Today", "Yesterday", then the day. */
  day(ms: number, nowMs: number): string;
  date(ms: number): string;
  /** How long, in words short enough for a list: 1 h 12 min. */
  duration(seconds: number): string;
  /** Stream time: 1:02:03. */
  stream(seconds: number): string;
  /** A language's own name, in the window's language. */
  languageName(tag: string): string;
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const DAY_MS = 86_400_000;

export function formatsOf(language: string, timeZone?: string): Formats {
  const zone = timeZone === undefined ? {} : { timeZone };
  const time = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { hourCycle: 'h23', ...zone, ...options });
  const clock = time({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const minute = time({ hour: '2-digit', minute: '2-digit' });
  const dayKey = new Intl.DateTimeFormat('en-CA', {
    ...zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const weekday = new Intl.DateTimeFormat(language, {
    ...zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
  const date = new Intl.DateTimeFormat(language, { ...zone, dateStyle: 'long' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const names = new Intl.DisplayNames(language, { type: 'language' });
  const unit = (name: string, value: number, digits = 0) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);

  return {
    bytes: (bytes) => {
      const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
      const value = bytes / 1000 ** power;
      return unit(UNITS[power] ?? 'byte', value, value < 10 && power > 0 ? 1 : 0);
    },
    milliseconds: (value) => (value < 1000 ? unit('millisecond', value) : unit('second', value / 1000, 1)),
    percent: (fraction) => percent.format(fraction),
    clock: (ms) => clock.format(ms),
    minute: (ms) => minute.format(ms),
    day: (ms, nowMs) => {
      const key = dayKey.format(ms);
      if (key === dayKey.format(nowMs)) return capitalised(relative.format(0, 'day'), language);
      if (key === dayKey.format(nowMs - DAY_MS)) return capitalised(relative.format(-1, 'day'), language);
      return capitalised(weekday.format(ms), language);
    },
    date: (ms) => date.format(ms),
    duration: (seconds) => {
      const whole = Math.max(0, Math.round(seconds));
      if (whole < 60) return unit('second', whole);
      const hours = Math.floor(whole / 3600);
      const minutes = Math.floor((whole % 3600) / 60);
      if (hours === 0) return unit('minute', minutes);
      return minutes === 0 ? unit('hour', hours) : `${unit('hour', hours)} ${unit('minute', minutes)}`;
    },
    stream: formatStreamTime,
    languageName: (tag) => {
      try {
        return names.of(tag) ?? tag;
      } catch {
        return tag;
      }
    },
  };
}

function capitalised(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
