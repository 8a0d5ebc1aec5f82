import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EarshotEvent } from '#protocol';
import { LiveScreen } from './live-screen.ts';
import { createStyle } from './style.ts';
import { TerminalEmulator } from './terminal-emulator.ts';

function transcript(id: number, text: string, final: boolean, stable = 0): EarshotEvent {
  return {
    type: 'transcript',
    id,
    start: id * 10,
    end: id * 10 + 2,
    text,
    final,
    language: 'en',
    latencyMs: 50,
    stable,
  };
}

function decision(chunk: number): EarshotEvent {
  return {
    type: 'decision',
    chunk,
    t: (chunk + 1) * 0.4,
    lane: 'transcribe',
    decision: 'silent',
    reason: 'no speech',
  };
}

function open(
  columns: number,
  options: { trace?: boolean; coloured?: boolean; durationSeconds?: number } = {},
) {
  const { trace = false, coloured = false, durationSeconds } = options;
  const style = createStyle(coloured);
  const screen = new LiveScreen({
    style,
    trace,
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  });
  return { screen, terminal: new TerminalEmulator(columns) };
}

const word = fc.stringMatching(/^[a-z]{1,9}$/);
const sentence = fc.array(word, { minLength: 1, maxLength: 40 }).map((words) => words.join(' '));

describe('live screen', () => {
  it('redraws a partial in place and leaves the final line', () => {
    const { screen, terminal } = open(60);
    for (const text of ['the', 'the dog', 'the dog barks at']) {
      terminal.write(screen.handle(transcript(1, text, false), 60));
      expect(terminal.rows()).toEqual([`   0:10  ${text}`]);
    }
    terminal.write(screen.handle(transcript(1, 'The dog barks at night.', true), 60));
    expect(terminal.rows()[0]).toBe('   0:10  The dog barks at night.');
    expect(terminal.rows()).toHaveLength(2);
    terminal.write(screen.finish(60));
    expect(terminal.rows()).toEqual(['   0:10  The dog barks at night.', '']);
    expect(terminal.cursorVisible).toBe(true);
  });

  it('dims what may still change and nothing else', () => {
    const { screen } = open(60, { coloured: true });
    const text = screen.handle(transcript(1, 'the dog barks', false, 'the dog'.length), 60);
    expect(text).toContain('the dog\x1b[2m barks\x1b[22m');
  });

  it('shows how far it is when nobody speaks', () => {
    const { screen, terminal } = open(60, { durationSeconds: 68 });
    for (let chunk = 0; chunk < 30; chunk += 1) terminal.write(screen.handle(decision(chunk), 60));
    expect(terminal.rows()).toEqual(['         … 0:12 of 1:08']);
    expect(terminal.cursorVisible).toBe(false);
  });

  it('writes nothing when nothing changes', () => {
    const { screen } = open(60);
    expect(screen.handle(decision(0), 60)).not.toBe('');
    expect(screen.handle(decision(1), 60)).toBe('');
  });

  it('prints decisions with their reasons when asked', () => {
    const { screen, terminal } = open(60, { trace: true });
    terminal.write(screen.handle(decision(2), 60));
    expect(terminal.rows()[0]).toBe('     1.2  transcribe  silent   no speech');
  });

  it('shows the newest words of a partial that is too long', () => {
    const { screen, terminal } = open(40);
    const text = Array.from({ length: 200 }, (_, index) => `word${index}`).join(' ');
    terminal.write(screen.handle(transcript(1, text, false), 40));
    expect(terminal.rows()).toHaveLength(4);
    expect(terminal.rows().at(-1)).toContain('word199');
  });

  it('cannot be made to move the cursor by what is heard', () => {
    const { screen, terminal } = open(40);
    const hostile = 'a\x1b[2J\x1b[9A b\r\nc\x07';
    terminal.write(screen.handle(transcript(1, 'before', true), 40));
    terminal.write(screen.handle(transcript(2, hostile, true), 40));
    expect(terminal.rows()[0]).toBe('   0:10  before');
    expect(terminal.rows()[1]).toMatch(/a \[2J \[9A b c/);
  });

  it('keeps every final line whole, whatever is redrawn and however the window is resized', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('partial' as const), text: sentence, stable: fc.nat(60) }),
      fc.record({ kind: fc.constant('final' as const), text: sentence }),
      fc.record({ kind: fc.constant('resize' as const), columns: fc.integer({ min: 10, max: 120 }) }),
      fc.record({ kind: fc.constant('notice' as const), text: sentence }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 120 }), fc.array(step, { maxLength: 25 }), (columns, steps) => {
        const { screen, terminal } = open(columns, { coloured: true });
        const expected: string[] = [];
        let id = 0;
        for (const each of steps) {
          if (each.kind === 'resize') {
            terminal.columns = each.columns;
            terminal.write(screen.resize(terminal.columns));
          } else if (each.kind === 'notice') {
            terminal.write(screen.notice(each.text, terminal.columns));
            expected.push(each.text);
          } else if (each.kind === 'final') {
            terminal.write(screen.handle(transcript(id, each.text, true), terminal.columns));
            expected.push(each.text);
            id += 1;
          } else {
            terminal.write(screen.handle(transcript(id, each.text, false, each.stable), terminal.columns));
          }
        }
        terminal.write(screen.finish(terminal.columns));
        expect(terminal.cursorVisible).toBe(true);
        // Without gutter and line breaks, exactly the lines that were meant to stay are there.
        const letters = (text: string): string => text.replace(/[^a-z]/g, '');
        expect(letters(terminal.rows().join(''))).toBe(letters(expected.join('')));
      }),
      { numRuns: 300 },
    );
  });
});
