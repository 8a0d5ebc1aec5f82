import { describe, expect, it } from 'vitest';
import { findAddress } from './address.ts';
import { KnownRequests } from './grammar/known-requests.ts';
import { Evening } from './testing.ts';

const known = new KnownRequests();
const address = (line: string) =>
  findAddress(line, { name: 'Earshot', followUp: false, conversation: false, known });

describe('being addressed', () => {
  it.each([
    'Earshot, what time is it?',
    'Hey Ear shot, what time is it?',
    'Airshot what time is it?',
    'Hear shot. What time is it?',
    'What time is it, Earshot?',
    'Ear shut, what time is it?',
    'Beer shot what time is it?',
    'In short, what time is it?',
    'What time is it, Bert shot?',
    'They hear a shot, what time is it?',
  ])('%s', (line) => {
    expect(address(line)?.request).toMatch(/^what time is it/i);
  });

  it.each([
    'What time is it?',
    'I was out of earshot then.',
    'Earshot is a nice program.',
    'He heard a shot in the night.',
    'They heard a shot. What time is it?',
    'They hear a shot and run.',
    'Air travel is expensive.',
    'Each of you should start a timer.',
    'Your shot was better.',
    'In short, we have no time for it.',
    'I would like a double shot.',
    'What time is it, darling?',
    'How many times did the dog bark?',
  ])('not: %s', (line) => {
    expect(address(line)).toBeUndefined();
  });

  it('has a follow-up window and a conversation mode', () => {
    expect(
      findAddress('And how many times?', { name: 'Earshot', followUp: true, conversation: false, known })
        ?.how,
    ).toBe('follow-up');
    expect(
      findAddress('What time is it?', { name: 'Earshot', followUp: false, conversation: true, known })?.how,
    ).toBe('conversation');
    expect(
      findAddress('It rains.', { name: 'Earshot', followUp: true, conversation: true, known }),
    ).toBeUndefined();
  });
});

describe('who sits before the computer', () => {
  it('takes orders from the microphone, never from what the computer plays', () => {
    const evening = new Evening();
    expect(evening.say('Earshot, delete the timer.', 'others')).toBe('');
    expect(evening.say('Earshot, take a note: buy milk.', 'me')).toBe('Noted: buy milk.');
    expect(evening.say('Stop it. The launch is on Thursday.', 'others')).toBe('');
    expect(evening.say('Earshot, what did she just say?', 'me')).toContain('Thursday');
  });

  it('is called by nobody whom the computer plays', () => {
    const evening = new Evening();
    evening.say('Ear shot.', 'me');
    expect(evening.say('What time is it?', 'me')).toMatch(/^It is/);
    evening.pass(30);
    evening.say('Ear shot.', 'others');
    expect(evening.say('What time is it?', 'me')).toBe('');
    evening.takeBack('Here', 'others');
    expect(evening.say('What time is it?', 'me')).toBe('');
    evening.takeBack('Here', 'me');
    expect(evening.say('What time is it?', 'me')).toMatch(/^It is/);
  });
});
