import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from '../testing/error-of.ts';
import { reply, sound, transcript, translation } from '../testing/sample-events.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import type { TimelineEntry } from '../timeline/entry.ts';
import type { SessionRecord } from '../timeline/record.ts';
import { exportSession, writeExport } from './export.ts';
import { sessionExportSchema } from './json.ts';

const session: SessionRecord = {
  id: 3,
  title: 'Kitchen *talk*',
  source: '/home/me/kitchen.wav',
  live: false,
  engine: 'embedded',
  lanes: ['transcribe', 'sounds'],
  startedAtMs: new Date(2026, 2, 9, 14, 5).getTime(),
  endedAtMs: new Date(2026, 2, 9, 15, 30).getTime(),
  durationSeconds: 5000,
  state: 'complete',
};

const entries: TimelineEntry[] = [
  sound(0, 0.5, 1.25, 'door_slam'),
  transcript(0, 2, 4.004, 'If a < b & c --> d, run.'),
  translation(0, 0, 'Si a < b, corre.'),
  { type: 'decision', chunk: 10, t: 4.4, lane: 'assist', decision: 'respond' },
  reply(0, 4.4, 'Run **where**?'),
  { type: 'error', code: 'source-lost', message: 'Gone.', retryable: true },
  transcript(1, 3599.5, 3605, 'One hour later.'),
  sound(1, 3600, 3600.4, 'dog_bark'),
];

describe('a call whose sides were heard apart', () => {
  const said: TimelineEntry[] = [
    { ...transcript(0, 1, 2, 'The fence, *then*.'), channel: 'me' },
    { ...transcript(1, 3, 4, 'Eleven hundred.'), channel: 'others' },
    translation(0, 1, 'Mil cien.'),
    transcript(2, 5, 6, 'Good.'),
  ];

  it('says whose words each line holds, in every format', () => {
    const text = exportSession(session, said, 'txt');
    expect(
      text
        .split('\n')
        .slice(3, 7)
        .map((line) => line.trim()),
    ).toEqual([
      '0:01  Me: The fence, *then*.',
      '0:03  Others: Eleven hundred.',
      '(es) Mil cien.',
      '0:05  Good.',
    ]);
    expect(exportSession(session, said, 'md')).toContain('**0:03** **Others:** Eleven hundred.');
    for (const format of ['srt', 'vtt'] as const) {
      const captions = exportSession(session, said, format);
      expect(captions).toContain('Me: The fence, *then*.\n');
      expect(captions).toContain('Others: Eleven hundred.\nMil cien.\n');
    }
    const kept = sessionExportSchema.parse(JSON.parse(exportSession(session, said, 'json')));
    expect(kept.entries.map((entry) => 'channel' in entry && entry.channel)).toEqual([
      'me',
      'others',
      false,
      false,
    ]);
  });
});

describe('subtitles', () => {
  it('are what SubRip players read', () => {
    expect(exportSession(session, entries, 'srt')).toBe(
      [
        '1',
        '00:00:00,500 --> 00:00:01,500',
        '[door slam]',
        '',
        '2',
        '00:00:02,000 --> 00:00:04,004',
        'If a < b & c → d, run.',
        'Si a < b, corre.',
        '',
        '3',
        '00:59:59,500 --> 01:00:05,000',
        '[dog bark]',
        'One hour later.',
        '',
      ].join('\n'),
    );
  });

  it('are what WebVTT players read', () => {
    expect(exportSession(session, entries, 'vtt')).toBe(
      [
        'WEBVTT',
        '',
        '00:00:00.500 --> 00:00:01.500',
        '[door slam]',
        '',
        '00:00:02.000 --> 00:00:04.004',
        'If a &lt; b &amp; c --&gt; d, run.',
        'Si a &lt; b, corre.',
        '',
        '00:59:59.500 --> 01:00:05.000',
        '[dog bark]',
        'One hour later.',
        '',
      ].join('\n'),
    );
  });

  it('share the time of a long sentence out by its characters', () => {
    const text = `${'a'.repeat(9)} `.repeat(16).trim();
    const times = cuesOf(exportSession(session, [transcript(0, 10, 26, text)], 'vtt'));
    expect(times.map((cue) => [cue.startMs, cue.endMs])).toEqual([
      [10_000, 18_000],
      [18_000, 26_000],
    ]);
  });

  it('pair every line with its part of the translation', () => {
    const text = 'This is the first half of it, and this is the second half of it.';
    const lines = cuesOf(
      exportSession(
        session,
        [
          transcript(0, 0, 4, text),
          translation(0, 0, 'Esta es la primera mitad, y esta es la segunda mitad.'),
        ],
        'srt',
      ),
    ).map((cue) => cue.lines);
    expect(lines).toEqual([
      ['This is the first half of it,', 'Esta es la primera mitad,'],
      ['and this is the second half of it.', 'y esta es la segunda mitad.'],
    ]);
  });

  const times = fc.tuple(
    fc.double({ min: 0, max: 50, noNaN: true }),
    fc.double({ min: 0, max: 20, noNaN: true }),
  );
  const speech = fc.array(fc.tuple(times, fc.lorem({ maxCount: 40 })), { maxLength: 20 });
  const noises = fc.array(fc.tuple(times, fc.constantFrom('rain', 'dog_bark')), { maxLength: 10 });

  it('never stand two at once or backwards, and lose no word, whatever the times are', () => {
    fc.assert(
      fc.property(speech, noises, fc.boolean(), (said, heard, translated) => {
        const transcripts = said.map(([[start, length], text], id) =>
          transcript(id, start, start + length, text),
        );
        const sounds = heard.map(([[start, length], label], id) => sound(id, start, start + length, label));
        const translations = translated
          ? transcripts.map((entry) => translation(entry.id, entry.id, 'lo mismo'))
          : [];
        for (const format of ['srt', 'vtt'] as const) {
          const cues = cuesOf(exportSession(session, [...transcripts, ...sounds, ...translations], format));
          let freeFromMs = 0;
          for (const cue of cues) {
            expect(cue.startMs).toBeGreaterThanOrEqual(freeFromMs);
            expect(cue.endMs).toBeGreaterThan(cue.startMs);
            expect(cue.lines.length).toBeGreaterThan(0);
            freeFromMs = cue.endMs;
          }
          if (translated) continue;
          const spoken = cues.flatMap((cue) => cue.lines.filter((line) => !/^\[.*\]$/.test(line)));
          const inOrder = [...transcripts].sort((a, b) => a.start - b.start || a.id - b.id);
          expect(spoken.join(' ')).toBe(inOrder.map((entry) => entry.text).join(' '));
        }
      }),
    );
  });
});

describe('documents', () => {
  it('as text: a line for everything said or heard', () => {
    expect(exportSession(session, entries, 'txt')).toBe(
      [
        'Kitchen *talk*',
        '2026-03-09 14:05 · 1:23:20 · /home/me/kitchen.wav',
        '',
        '    0:00  [door slam]',
        '    0:02  If a < b & c --> d, run.',
        '          (es) Si a < b, corre.',
        '    0:04  Earshot: Run **where**?',
        '   59:59  One hour later.',
        ' 1:00:00  [dog bark]',
        '',
      ].join('\n'),
    );
  });

  it('as Markdown: nothing said is read as markup', () => {
    const text = exportSession(session, entries, 'md');
    expect(text).toContain('# Kitchen \\*talk\\*\n\n2026-03-09 14:05 · 1:23:20 · /home/me/kitchen.wav\n\n');
    expect(text).toContain(
      '**0:00** *\\[door slam\\]*\n\n**0:02** If a \\< b \\& c --\\> d, run.\n\n> Si a \\< b',
    );
    expect(text).toContain('**0:04** **Earshot:** Run \\*\\*where\\*\\*?');
  });

  it('as JSON: everything, in a shape that is checked', () => {
    const document = sessionExportSchema.parse(JSON.parse(exportSession(session, entries, 'json')));
    expect(document.entries).toEqual(entries);
    expect(document.session.startedAt).toBe(new Date(session.startedAtMs).toISOString());
    const open = { ...session, state: 'open' as const, endedAtMs: undefined, durationSeconds: undefined };
    expect(sessionExportSchema.parse(JSON.parse(exportSession(open, [], 'json'))).session).not.toHaveProperty(
      'endedAt',
    );
  });

  it.each(['txt', 'md', 'srt', 'vtt', 'json'] as const)(
    'as %s: an empty session is a valid file',
    (format) => {
      expect(exportSession(session, [], format)).toBeTypeOf('string');
    },
  );
});

describe('writing an export', () => {
  let folder: TemporaryFolder;
  beforeEach(() => (folder = makeTemporaryFolder()));
  afterEach(() => folder.dispose());

  it('writes the file whole, and over another one only when told to', async () => {
    const path = join(folder.path, 'out.srt');
    await writeExport(path, 'first');
    const error = await errorOf(() => writeExport(path, 'second'));
    expect([error.code, error.message]).toEqual([
      'bad-input',
      `${path} exists already. Choose another name, or overwrite it.`,
    ]);
    expect(readFileSync(path, 'utf8')).toBe('first');
    await writeExport(path, 'second', { force: true });
    expect(readFileSync(path, 'utf8')).toBe('second');
    expect(readdirSync(folder.path)).toEqual(['out.srt']);
  });

  it('says what is wrong with the path and leaves nothing behind', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    for (const [path, code] of [
      [join(folder.path, 'no', 'such', 'out.srt'), 'file-not-found'],
      [join(folder.path, 'file', 'out.srt'), 'file-not-found'],
      [folder.path, 'bad-input'],
    ] as const) {
      const error = await errorOf(() => writeExport(path, 'x', { force: true }));
      expect(error.code).toBe(code);
      expect(error.message).not.toContain('\n');
    }
    expect(readdirSync(folder.path)).toEqual(['file']);
  });
});

interface ParsedCue {
  startMs: number;
  endMs: number;
  lines: string[];
}

/** Reads SubRip or WebVTT back, strictly. */
function cuesOf(text: string): ParsedCue[] {
  const blocks = text.replace(/^WEBVTT\n\n?/, '').split('\n\n');
  return blocks
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const lines = block.replace(/\n$/, '').split('\n');
      if (/^\d+$/.test(lines[0] ?? '')) lines.shift();
      const match = /^(\d\d):(\d\d):(\d\d)[.,](\d{3}) --> (\d\d):(\d\d):(\d\d)[.,](\d{3})$/.exec(
        lines.shift() ?? '',
      );
      if (!match) throw new Error(`no times in ${block}`);
      const [h1 = 0, m1 = 0, s1 = 0, t1 = 0, h2 = 0, m2 = 0, s2 = 0, t2 = 0] = match.slice(1).map(Number);
      const toMs = (h: number, m: number, s: number, t: number): number => ((h * 60 + m) * 60 + s) * 1000 + t;
      return { startMs: toMs(h1, m1, s1, t1), endMs: toMs(h2, m2, s2, t2), lines };
    });
}
