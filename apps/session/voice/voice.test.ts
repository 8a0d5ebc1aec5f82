import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EchoGuard, prosodyOf, SentenceSplitter, SpeechOutput, type TranscriptEvent } from '#protocol';
import { plainSentence } from './spoken-sentence.ts';
import { isVoiceName, readSayVoices, readWindowsVoices, voicePrograms } from './voice-program.ts';
import { decodeWave } from './wave.ts';

describe('sentences', () => {
  it('come out as soon as they are complete', () => {
    const splitter = new SentenceSplitter();
    expect(splitter.push('Dr. Smith called. The kettle')).toEqual(['Dr. Smith called.']);
    expect(splitter.push(' is on! Is it')).toEqual(['The kettle is on!']);
    expect(splitter.finish()).toEqual(['Is it']);
  });

  it('are the whole text, wherever the stream was cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('. ', '? ', 'word ', '\n', ', '))),
        (pieces) => {
          const splitter = new SentenceSplitter();
          const sentences = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.finish()];
          const bare = (text: string) => text.replace(/\s+/g, '');
          expect(bare(sentences.join(''))).toBe(bare(pieces.join('')));
        },
      ),
    );
  });
});

describe('speech output', () => {
  const speaking = () => {
    const output = new SpeechOutput();
    expect(output.text('One. Two. Three')).toEqual([{ kind: 'speak', sentence: 'One.' }]);
    expect(output.endOfReply()).toEqual([]);
    return output;
  };

  it('says one sentence after the other', () => {
    const output = speaking();
    expect(output.sentenceSaid()).toEqual([{ kind: 'speak', sentence: 'Two.' }]);
    expect(output.sentenceSaid()).toEqual([{ kind: 'speak', sentence: 'Three' }]);
    expect(output.sentenceSaid()).toEqual([]);
    expect(output.state).toBe('silent');
  });

  it('ducks at any sound and comes back when it was none', () => {
    const output = speaking();
    expect(output.heard('sound', 1000)).toEqual([{ kind: 'duck' }]);
    expect(output.heard('none', 1100)).toEqual([]);
    expect(output.heard('none', 1500)).toEqual([{ kind: 'restore' }]);
    expect(output.heard('sound', 2000)).toEqual([{ kind: 'duck' }]);
    expect(output.heardSound()).toEqual([{ kind: 'restore' }]);
  });

  it('stops for a voice, and forgets the rest when words follow', () => {
    const output = speaking();
    expect(output.heard('voice', 1000)).toEqual([{ kind: 'stop' }]);
    expect(output.text('More.')).toEqual([]);
    expect(output.heardWords(1800)).toEqual([]);
    expect(output.heard('none', 9000)).toEqual([]);
    expect(output.state).toBe('silent');
  });

  it('goes on with the sentence when no words follow', () => {
    const output = speaking();
    output.sentenceSaid();
    output.heard('voice', 1000);
    expect(output.heard('none', 3400)).toEqual([]);
    expect(output.heard('none', 3500)).toEqual([{ kind: 'restore' }, { kind: 'speak', sentence: 'Two.' }]);
    expect(output.sentenceSaid()).toEqual([{ kind: 'speak', sentence: 'Three' }]);
  });

  it('never speaks two sentences at once and never after it was silenced', () => {
    const step = fc.constantFrom('text', 'end', 'said', 'sound', 'voice', 'none', 'words', 'silence');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const output = new SpeechOutput();
        let saying = false;
        steps.forEach((name, index) => {
          const now = index * 400;
          if (name === 'said' && !saying) return;
          if (name === 'said') saying = false;
          const actions =
            name === 'text'
              ? output.text('A word. ')
              : name === 'end'
                ? output.endOfReply()
                : name === 'said'
                  ? output.sentenceSaid()
                  : name === 'words'
                    ? output.heardWords(now)
                    : name === 'silence'
                      ? output.silence()
                      : output.heard(name, now);
          for (const { kind } of actions) {
            if (kind === 'speak') expect(saying).toBe(false);
            if (kind === 'speak') saying = true;
            if (kind === 'stop') saying = false;
          }
          if (name === 'silence') expect(saying).toBe(false);
        });
      }),
    );
  });
});

describe('the echo guard', () => {
  const heard = (text: string, start: number, end: number, final = true): TranscriptEvent => ({
    type: 'transcript',
    id: 1,
    start,
    end,
    text,
    final,
    language: 'en',
    latencyMs: 0,
  });
  const guard = () => {
    const echo = new EchoGuard();
    echo.begin('The washing machine has finished ten minutes ago.', 10);
    echo.end(13);
    return echo;
  };

  it('takes out what Earshot said, also misheard', () => {
    const echo = guard();
    echo.voice(12, 15);
    expect(echo.filter(heard('The washing machines has finish ten minutes ago', 10, 13.2))?.text).toBe('');
    expect(
      echo.filter(heard('The washing machine has finished ten minutes', 10, 12.5, false)),
    ).toBeUndefined();
  });

  it('keeps the person who speaks into it', () => {
    const echo = guard();
    echo.voice(12, 15);
    expect(echo.filter(heard('The washing machine has finished ten stop it please', 10, 15))?.text).toBe(
      'stop it please',
    );
  });

  it('takes out whatever was made of it while nobody else spoke', () => {
    expect(guard().filter(heard('Watching Marshall fished.', 10.1, 13))?.text).toBe('');
  });

  it('leaves a line as it was when its answer came into its pause, until somebody speaks', () => {
    const echo = new EchoGuard();
    echo.filter({ ...heard('what can you do?', 8, 9.4, false), id: 4 });
    echo.begin('You can say many things.', 9.5, 4);
    expect(echo.filter({ ...heard('what can you do? you come', 8, 9.9, false), id: 4 })?.text).toBe(
      'what can you do?',
    );
    echo.voice(11, 11.5);
    expect(echo.filter({ ...heard('what can you do? no wait', 8, 11.5, false), id: 4 })?.text).toBe(
      'what can you do? no wait',
    );
  });

  it('leaves alone what a person says before and long after', () => {
    const echo = guard();
    for (const [start, end] of [
      [5, 8],
      [16, 20],
    ] as const) {
      const event = heard('the washing machine has finished ten minutes ago', start, end);
      expect(echo.filter(event)).toBe(event);
    }
  });
});

describe('programs that speak', () => {
  const HOSTILE = '$(reboot); `reboot` "; Stop-Process -Name x [[volm 1]] <ssml> -x \u0000';

  it('give their sound away on every system that can play it', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(voicePrograms(platform, true)[0]?.renders).toBe(true);
      expect(voicePrograms(platform, false).some(({ renders }) => renders)).toBe(false);
    }
  });

  it('list their voices', () => {
    const said =
      'Alex                en_US    # Most people know me.\nEddy (English (UK)) en_GB    # Hello\n\nnonsense\n';
    expect(readSayVoices(said)).toEqual([
      { name: 'Alex', title: 'Alex', language: 'en-US' },
      { name: 'Eddy (English (UK))', title: 'Eddy (English (UK))', language: 'en-GB' },
    ]);
    expect(readWindowsVoices("Microsoft Zira Desktop\ten-US\r\n'; evil\ten-US\r\n")).toEqual([
      { name: 'Microsoft Zira Desktop', title: 'Microsoft Zira Desktop', language: 'en-US' },
    ]);
  });

  it('never get a sentence on their command line', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      for (const program of [true, false].flatMap((canPlay) => voicePrograms(platform, canPlay))) {
        const args = program.arguments(prosodyOf('urgent'), 'en-us').join('\n');
        expect(args).not.toContain('reboot');
        expect(program.input(plainSentence(HOSTILE))).toContain('reboot');
        expect(program.input(plainSentence(HOSTILE))).not.toMatch(/[[\]<>\u0000]/);
      }
    }
  });

  it('know a voice’s name from an option', () => {
    expect([isVoiceName('en-gb+f3'), isVoiceName('Samantha (Enhanced)')]).toEqual([true, true]);
    expect([isVoiceName('--path=/etc'), isVoiceName('a\nb'), isVoiceName('')]).toEqual([false, false, false]);
  });

  it('are refused anything that is no sound', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeWave(Buffer.from(bytes))).toThrow(/no sound/);
      }),
    );
  });
});
