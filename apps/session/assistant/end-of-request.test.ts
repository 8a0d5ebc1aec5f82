import { describe, expect, it } from 'vitest';
import { isOver, withoutFillers } from './end-of-request.ts';
import { interpret } from './grammar/interpret.ts';
import { KnownRequests } from './grammar/known-requests.ts';
import { Evening } from './testing.ts';

const known = new KnownRequests();

describe('the end of a request', () => {
  it.each([
    // A voice that fades is believed at once; one that is held up has to be silent for longer.
    ['what time is it?', 0.04, 0.6, true],
    ['what time is it?', 0.02, 0.6, false],
    ['what time is it?', 0.07, 0.1, false],
    ['what time is it?', 0.13, 0.1, true],
    ['what time is it?', 0.07, undefined, true],
    // More may come, whatever the voice says.
    ['start a timer for five minutes', 0.15, 0.9, false],
    ['start a timer for five minutes', 0.25, 0.9, true],
    ['start a five-minute timer', 0.04, 0.9, true],
    ['counsel all-timers', 0.04, 0.9, true],
    ['breathe my notes', 0.04, 0.9, false],
    ['breathe my notes', 0.14, 0.9, true],
    ['how many times did Simba do you think?', 0.08, 0.34, false],
    ['stop', 0.15, 0.9, false],
    ['stop translating', 0.04, 0.9, true],
    ['translate this', 0.15, 0.9, false],
    ['translate this into Spanish', 0.04, 0.9, true],
  ])('%s, after %f s, finished by %s: %s', (request, pauseSeconds, ending, over) => {
    expect(isOver(request, { pauseSeconds, ending }, known)).toBe(over);
  });

  it.each([
    'start a timer for',
    'tell me when the',
    'tell me when',
    'count how many times',
    'how many times did',
    'summarise the last',
    'what did I miss',
    'take a note: buy milk',
    'take a note',
    'who mentioned the budget',
    'how many times did somebody',
    'how many time is did some buddy',
    'how many times did somebody come to you?',
    'tell me when the baby',
    'bake a cake',
    'what time is it, and',
    '',
  ])('is not in the middle of it: %s', (words) => {
    expect(isOver(words, { pauseSeconds: 1, ending: 1 }, known)).toBe(false);
  });

  it('asks for a longer pause where the voice hesitates', () => {
    const evening = new Evening();
    evening.pass(4);
    evening.hearTentative('Earshot, cancel the timer', { seconds: 0.1, ending: 0.15 });
    expect(evening.replies()).toEqual([]);
    evening.hearTentative('Earshot, cancel the timer', { seconds: 0.5, ending: 0.15 });
    expect(evening.replies()).toHaveLength(1);
  });

  it.each([
    ['Earshot, start a', 'Five minute timer.', /5 minutes/],
    ['Earshot, count how many times.', 'The dog barks.', /count.*dog/],
    ['Earshot, tell me when.', 'The phone rings.', /tell you when.*phone/],
    ['Earshot, tell me when, um.', 'Uh, the phone rings.', /tell you when.*phone/],
    ['Earshot, let me know.', 'When it rains.', /tell you when.*rain/],
    // The first words are misheard, and the rest says what was meant.
    ['Earshot. Started.', 'Ten minute timer.', /10 minutes/],
  ])('waits for the rest of a request that was cut in a hesitation: %s', (first, rest, reply) => {
    const evening = new Evening();
    expect(evening.say(first)).toBe('');
    expect(evening.say(rest)).toMatch(reply);
  });

  it('says what it does not understand once nothing more comes', () => {
    const evening = new Evening();
    expect(evening.say('Earshot, bake a cake.')).toBe('');
    evening.pass(1.6);
    expect(evening.replies().at(-1)?.text).toContain('do not know');
    expect(evening.say('Earshot, bake me a large chocolate cake.')).toContain('do not know');
  });

  it.each([
    ['Earshot, um, what time is it?', 'Earshot, what time is it?'],
    ['Uh, start a, er, timer', 'start a timer'],
    ['the human hummed', 'the human hummed'],
  ])('is told without what people say while they think: %s', (line, plain) => {
    expect(withoutFillers(line).replace(/[\s,]+/g, ' ')).toBe(plain.replace(/[\s,]+/g, ' '));
  });

  it('is the order that it sounds like, not the question that it holds', () => {
    expect(interpret('found how many times the dog barks', known)?.matched.intent).toBe('count-start');
    expect(interpret('how many times did the dog bark', known)?.matched.intent).toBe('count');
  });
});
