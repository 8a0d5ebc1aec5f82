import { describe, expect, it } from 'vitest';
import { PushSource } from '#audio';
import { CHUNK_SAMPLES, SAMPLE_RATE_HZ, type EventOf } from '#protocol';
import { transcript } from '../testing/sample-events.ts';
import { WindowSpeech } from './window-speech.ts';

/** A stream whose chunks come every 0.4 s, and a window that speaks meanwhile. */
function stream() {
  let nowMs = 0;
  let sequence = 0;
  const speech = new WindowSpeech(() => nowMs);
  // Of a source that gives nothing before its chunks.
  speech.follow({});
  return {
    speech,
    pass: (seconds: number) => {
      for (let step = 0; step < seconds / 0.1; step += 1) {
        nowMs += 100;
        if (nowMs % 400 !== 0) continue;
        const samples = new Float32Array(CHUNK_SAMPLES);
        speech.heard({ sequence: sequence++, samples, validSamples: CHUNK_SAMPLES, arrivedAtMs: nowMs });
      }
    },
    words: (start: number, end: number, text: string) =>
      (speech.admit(transcript(0, start, end, text)) as EventOf<'transcript'> | undefined)?.text,
  };
}

const SENTENCE = 'The kettle has been on for ten minutes.';

describe('what a window says', () => {
  it('is heard by nobody, also where it is misheard, and only while it is said', () => {
    const { speech, pass, words } = stream();
    pass(10);
    speech.begun(SENTENCE);
    pass(3);
    speech.ended();
    pass(5);
    expect(words(10.2, 12.8, 'The kettle has been on for ten minutes')).toBe('');
    // No three words in a row are right; the time says whose they are.
    expect(words(10.2, 12.8, 'a cattle was been in for tan minutes')).toBe('');
    expect(words(4, 6.6, 'a cattle was been in for tan minutes')).not.toBe('');
    expect(words(16, 18, 'The kettle has been on for ten minutes')).not.toBe('');
  });

  it('leaves the words of whoever interrupts', () => {
    const { speech, pass, words } = stream();
    pass(10);
    speech.begun(SENTENCE);
    pass(2);
    expect(words(10.5, 11.8, 'please stop talking now')).toBe('please stop talking now');
    expect(words(10.1, 13.5, 'the kettle has been on for please stop talking now')).toBe(
      'please stop talking now',
    );
  });

  it('is over some time also when the window went away in its middle', () => {
    const { speech, pass, words } = stream();
    pass(4);
    speech.begun(SENTENCE);
    pass(60);
    expect(words(60, 62, 'a cattle was been in for tan minutes')).not.toBe('');
  });

  it('is placed by the samples that came, also while their chunks wait for the engine', () => {
    let nowMs = 0;
    const speech = new WindowSpeech(() => nowMs);
    const source = new PushSource({ label: 'window', sampleRateHz: SAMPLE_RATE_HZ });
    speech.follow(source);
    /** The machine is busy: what the window sent in these seconds is received at their end, in its order. */
    const receive = (seconds: number) => {
      nowMs += 1000 * seconds;
      for (let step = 0; step < seconds * 25; step += 1) source.push(new Float32Array(SAMPLE_RATE_HZ / 25));
    };
    receive(4);
    speech.begun(SENTENCE);
    receive(3);
    speech.ended();
    receive(4);
    nowMs += 5000;
    const samples = new Float32Array(CHUNK_SAMPLES);
    for (let sequence = 0; sequence < 27; sequence += 1) {
      speech.heard({ sequence, samples, validSamples: CHUNK_SAMPLES, arrivedAtMs: nowMs });
    }
    const wordsAt = (start: number) =>
      speech.admit(transcript(0, start, start + 2.6, 'a cattle was been in for tan minutes'));
    expect(wordsAt(4.2)).toMatchObject({ text: '' });
    expect(wordsAt(0.5)).not.toMatchObject({ text: '' });
    expect(wordsAt(8.5)).not.toMatchObject({ text: '' });
    speech.close();
  });
});
