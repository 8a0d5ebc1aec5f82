import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EarshotEvent } from '#protocol';
import type { SearchHit, SessionSummary } from '#session';
import { closingLine } from '../listen-session.ts';
import { renderFindings } from './doctor.ts';
import { formatBytes, formatDuration } from './format.ts';
import { progressLine } from './models.ts';
import { plainLine } from './plain-page.ts';
import { renderSearch } from './search.ts';
import { renderSession, renderSessions } from './sessions.ts';
import { createStyle } from './style.ts';
import { renderTable } from './table.ts';
import { pad, printable, textWidth, truncate, wrapText } from './text-layout.ts';

const plain = createStyle(false);

const SESSION: SessionSummary = {
  id: 12,
  title: 'A talk, 2026-03-09 14:05',
  source: '/home/me/talk.flac',
  live: false,
  engine: 'embedded',
  lanes: ['transcribe'],
  startedAtMs: new Date(2026, 2, 9, 14, 5).getTime(),
  endedAtMs: undefined,
  durationSeconds: 68.2,
  state: 'complete',
  counts: { transcripts: 2, sounds: 1, replies: 0 },
};

const FINAL = {
  type: 'transcript',
  id: 1,
  start: 12.3,
  end: 14,
  text: 'The dog barks.',
  final: true,
  language: 'en',
  latencyMs: 90,
} as const;

describe('text layout', () => {
  const text = fc.array(fc.constantFrom('a', 'bc', ' ', '日', '本', 'é', 'e\u0301', '👩‍👩‍👧', 'word', '  '), {
    maxLength: 30,
  });

  it('never makes a row wider than asked, and loses no letter', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (parts, columns) => {
        const whole = parts.join('');
        const rows = wrapText(whole, columns);
        for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(columns);
        expect(rows.join('').replace(/\s/g, '')).toBe(whole.replace(/\s/g, ''));
      }),
    );
  });

  it('truncates to the columns there are, wide characters counted', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), (parts, columns) => {
        expect(textWidth(truncate(parts.join(''), columns))).toBeLessThanOrEqual(columns);
      }),
    );
    expect(truncate('日本語です', 6)).toBe('日本…');
    expect(pad('日本', 6)).toBe('日本  ');
    expect(pad('7', 3, 'left')).toBe('  7');
  });

  it('takes control characters out', () => {
    expect(printable('a\x1b[31mb\r\nc\u2028d')).toBe('a [31mb c d');
  });
});

describe('formats', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [28_163_211, '28.2 MB'],
    [999_960, '1.0 MB'],
    [139e9, '139 GB'],
  ])('%i bytes are %s', (bytes, expected) => expect(formatBytes(bytes)).toBe(expected));

  it.each([
    [6.14, '6.1 s'],
    [59.96, '0:59'],
    [68.2, '1:08'],
    [3723, '1:02:03'],
  ])('%d seconds are %s', (seconds, expected) => expect(formatDuration(seconds)).toBe(expected));
});

describe('plain page', () => {
  const line = (event: EarshotEvent): string => plainLine(event, { trace: false });

  it('prints finals only, one a line', () => {
    expect(line(FINAL)).toBe('0:12  The dog barks.\n');
    expect(line({ ...FINAL, final: false })).toBe('');
    expect(line({ ...FINAL, text: ' ' })).toBe('');
    expect(line({ type: 'end', duration: 3, processing: 1 })).toBe('');
  });

  it('prints sounds, translations and replies', () => {
    const sound = {
      type: 'sound',
      id: 1,
      start: 18,
      end: 19,
      label: 'dog_bark',
      confidence: 0.9,
      latencyMs: 60,
    } as const;
    expect(line(sound)).toBe('0:18  [dog bark]\n');
    expect(line({ ...sound, final: false })).toBe('');
    const reply = {
      type: 'reply',
      id: 1,
      t: 20,
      text: 'A dog.',
      final: true,
      trigger: { kind: 'timer' },
      latencyMs: 9,
    } as const;
    expect(line(reply)).toBe('0:20  → A dog.\n');
    const translation = {
      type: 'translation',
      id: 1,
      of: 1,
      text: 'El perro',
      language: 'es',
      final: true,
      latencyMs: 5,
    } as const;
    expect(line(translation)).toBe('      es: El perro\n');
  });

  it('prints decisions only when they are traced', () => {
    const decision = { type: 'decision', chunk: 2, t: 1.2, lane: 'transcribe', decision: 'respond' } as const;
    expect(plainLine(decision, { trace: false })).toBe('');
    expect(plainLine({ ...decision, reason: 'someone speaks' }, { trace: true })).toBe(
      '     1.2  transcribe  respond  someone speaks\n',
    );
  });
});

describe('tables and lists', () => {
  it('cut the flexible column to the terminal', () => {
    const layout = [
      { title: 'id', align: 'right' },
      { title: 'title', flexible: true },
    ] as const;
    const table = renderTable(
      layout,
      [
        ['7', 'a long title that does not fit'],
        ['12', 'short'],
      ],
      24,
    );
    expect(table).toBe('id  title\n 7  a long title that d…\n12  short\n');
  });

  it('show sessions and one session', () => {
    expect(renderSessions([SESSION], 100)).toContain(
      '12  2026-03-09 14:05    1:08      2  A talk, 2026-03-09 14:05',
    );
    const page = renderSession(SESSION, [FINAL], plain);
    expect(page).toBe(
      '12  A talk, 2026-03-09 14:05\n2026-03-09 14:05 · 1:08 · /home/me/talk.flac · 2 lines\n\n0:12  The dog barks.\n',
    );
    expect(renderSession(SESSION, [], plain)).toContain('Nothing was heard');
  });

  it('set the words of a hit off', () => {
    const hit: SearchHit = {
      session: SESSION,
      entry: FINAL,
      startSeconds: 12.3,
      snippet: { text: 'The dog barks.', highlights: [{ start: 4, end: 7 }] },
    };
    expect(renderSearch([hit], plain)).toBe(
      '12  A talk, 2026-03-09 14:05  2026-03-09 14:05\n   0:12  The dog barks.\n',
    );
    expect(renderSearch([hit], createStyle(true))).toContain('The \x1b[1m\x1b[33mdog\x1b[39m\x1b[22m barks.');
  });

  it('say what to do about what is not well', () => {
    const text = renderFindings(
      [
        { check: 'node', title: 'Node', state: 'ok', detail: 'Node 20' },
        { check: 'models', title: 'Models', state: 'problem', detail: 'damaged', advice: 'install again' },
      ],
      plain,
    );
    expect(text).toBe('ok       Node    Node 20\nproblem  Models  damaged\n         → install again\n');
  });

  it('tell how far a download is', () => {
    const progress = { name: 'm', phase: 'downloading', doneBytes: 12.9e6, totalBytes: 30e6 } as const;
    expect(progressLine(progress)).toBe('m: downloading 43 % of 30.0 MB');
    expect(progressLine({ ...progress, phase: 'unpacking' })).toBe('m: unpacking');
  });

  it('close with what there is now and how to get at it', () => {
    const result = { durationSeconds: 68.2, processingSeconds: 6.1, sessionId: 12 };
    const options = { lines: 8, leftOutSeconds: 0, measuresSpeed: true, command: 'earshot' };
    expect(closingLine(result, options)).toBe(
      'Session 12: 1:08 heard in 6.1 s (11.2 times real time), 8 lines. Export it: earshot export 12 --format md',
    );
    expect(
      closingLine(
        { durationSeconds: 5, processingSeconds: 5 },
        { ...options, measuresSpeed: false, lines: 1 },
      ),
    ).toBe('5.0 s heard, 1 line. Nothing was kept.');
    expect(
      closingLine(result, { ...options, measuresSpeed: false, leftOutSeconds: 12.4 }).split(' Export')[0],
    ).toBe('Session 12: 1:08 heard (12.4 s left out), 8 lines.');
  });
});
