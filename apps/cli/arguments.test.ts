import { CommanderError, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EarshotError, ERROR_CODES, isInputError, LANES } from '#protocol';
import { parseCount, parseLanes, parseSessionId } from './arguments.ts';
import { endingOf } from './failure.ts';
import { parseRawFormat } from './listen-source.ts';

describe('arguments', () => {
  it('lanes: in the order given, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...LANES), { minLength: 1 }), (lanes) => {
        expect(parseLanes(lanes.join(' , '))).toEqual([...new Set(lanes)]);
      }),
    );
    expect(() => parseLanes('transcribe,smell')).toThrow(
      /no lane “smell”\. Lanes: transcribe, translate, sounds, assist/,
    );
    expect(() => parseLanes('')).toThrow(InvalidArgumentError);
  });

  it('session numbers: whole and positive', () => {
    expect(parseSessionId('12')).toBe(12);
    for (const text of ['0', '-1', '1.5', 'x', '', '1e3', '99999999999999999999']) {
      expect(() => parseSessionId(text)).toThrow(InvalidArgumentError);
    }
  });

  it('counts: within bounds', () => {
    expect(parseCount(10)('10')).toBe(10);
    for (const text of ['0', '11', '2.5', 'many', ''])
      expect(() => parseCount(10)(text)).toThrow(/from 1 to 10/);
  });

  it('raw formats: encoding, rate, channels', () => {
    expect(parseRawFormat('s16le')).toEqual({ encoding: 's16le', sampleRateHz: 16_000, channels: 1 });
    expect(parseRawFormat('f32le:48000:2')).toEqual({ encoding: 'f32le', sampleRateHz: 48_000, channels: 2 });
    for (const text of ['mp3', 's16le:fast', 's16le:48000:0', 's16le:1:1', 's16le:48000:2:9', '']) {
      expect(() => parseRawFormat(text)).toThrow(InvalidArgumentError);
    }
  });
});

describe('endings', () => {
  it('exit with 2 for what the person can correct, 1 for the rest, always with one line', () => {
    for (const code of ERROR_CODES) {
      const { exitCode, message } = endingOf(new EarshotError(code, 'First line.\n  Second line.'));
      expect(exitCode).toBe(isInputError(code) ? 2 : 1);
      expect(message).toMatch(/First line\. Second line\.$/);
    }
  });

  it('never show what was thrown inside as if it were an answer', () => {
    expect(endingOf(new TypeError('x is not a function'))).toEqual({
      exitCode: 1,
      message: 'Something went wrong inside Earshot: x is not a function',
    });
    expect(endingOf(Object.assign(new Error('write'), { code: 'ENOSPC' })).exitCode).toBe(2);
  });

  it('turn bad usage into one sentence', () => {
    const unknown = new CommanderError(
      1,
      'commander.unknownOption',
      "error: unknown option '--jsn'\n(Did you mean --json?)",
    );
    expect(endingOf(unknown)).toEqual({
      exitCode: 2,
      message: "Unknown option '--jsn' (Did you mean --json?)",
    });
    expect(endingOf(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'))).toEqual({
      exitCode: 0,
    });
    expect(endingOf(new CommanderError(1, 'commander.help', '(outputHelp)'))).toEqual({ exitCode: 2 });
  });
});
