import { listSounds, listSpeech } from '../streams/data-folder.ts';
import { gap, question, remark, request, type Script, type ScriptItem } from './script.ts';

/** Recordings from which the evening takes its parts. */
export interface ScriptParts {
  readonly dataFolder: string;
  /** Recordings of one single bark. */
  readonly barks: readonly string[];
}

const CLOCK = /\b\d{1,2}:\d\d\b/;

/** Orders at the bar of a coffee house, by many speakers: real questions and wishes that are meant for somebody else. */
export function orders(dataFolder: string, first: number, count: number): ScriptItem[] {
  return listSpeech(dataFolder, 'barista')
    .filter((_, index) => index % 5 === 2)
    .slice(first, first + count)
    .flatMap(({ path }): ScriptItem[] => [{ kind: 'order', clip: path }, gap(2.5)]);
}

/** Sentences that somebody reads aloud. */
export function reading(
  dataFolder: string,
  set: 'librivox' | 'fleurs' | 'an4',
  first: number,
  count: number,
) {
  return listSpeech(dataFolder, set)
    .slice(first, first + count)
    .flatMap(({ path, text = '' }): ScriptItem[] => [{ kind: 'talk', clip: path, text }, gap(1.2)]);
}

/**
 * Fifteen minutes at home: 25 requests, 31 questions to somebody else, talk, and sounds of which the script says whether
 * they deserve a word.
 */
export function eveningScript({ dataFolder, barks }: ScriptParts): Script {
  const sound = (label: string, set: string, index: number, reply?: RegExp, maxSeconds = 3): ScriptItem[] => [
    {
      kind: 'sound',
      label,
      clip: listSounds(dataFolder, `${set}/${label}`)[index] ?? '',
      maxSeconds,
      ...(reply && { reply }),
    },
    gap(4),
  ];
  const made = (label: string, name: string, reply?: RegExp): ScriptItem[] => [
    { kind: 'sound', label, clip: `made:${name}`, ...(reply && { reply }) },
    gap(6),
  ];
  const bark = (index: number): ScriptItem[] => [
    { kind: 'sound', label: 'dog_bark', clip: barks[index % Math.max(1, barks.length)] ?? '' },
    gap(3),
  ];
  return {
    name: 'evening',
    seed: 71,
    items: [
      gap(2),
      ...reading(dataFolder, 'librivox', 0, 3),
      gap(4),
      ...request('anna', 'Earshot, what time is it?', CLOCK),
      ...question('ben', 'What time is it, darling?'),
      ...orders(dataFolder, 0, 3),
      ...request('ben', 'Earshot, start a five minute timer.', /5 minutes/, { timerSeconds: 300 }),
      ...question('anna', 'Did you set the timer?'),
      ...request('anna', 'Earshot, count how many times the dog barks.', /^I count.*dog/),
      ...bark(0),
      ...bark(1),
      ...remark('ben', 'He wants to go out.'),
      ...bark(2),
      ...bark(3),
      ...question('anna', 'Can you take him for a walk?'),
      ...bark(4),
      gap(3),
      ...request('anna', 'Earshot, how many times did the dog bark?', /\b5 times/, { pauseSeconds: 2 }),
      ...request('ben', 'When did the dog bark?', /dog barking .* ago/),
      ...orders(dataFolder, 3, 3),
      ...sound('sneeze', 'esc10', 3, /Bless you/),
      ...remark('anna', 'The train leaves at nine in the morning.'),
      ...request('ben', 'Earshot, what did she just say?', /train leaves|nine/i),
      ...request('anna', 'Earshot, take a note. Call the plumber on Monday.', /plumber/i),
      ...question('ben', 'Why is the kitchen floor wet?'),
      ...sound('water_running', 'noise-of-life', 4),
      ...sound('cough', 'noise-of-life', 2, /coughing/, 2),
      ...sound('cough', 'noise-of-life', 9, undefined, 2),
      ...sound('cough', 'noise-of-life', 14, undefined, 2),
      ...sound('cough', 'noise-of-life', 20, undefined, 2),
      ...orders(dataFolder, 6, 3),
      gap(8),
      ...request('carl', 'Earshot, read my notes.', /plumber/i),
      ...made('doorbell', 'doorbell', /doorbell/),
      ...question('anna', 'Who is at the door?'),
      ...remark('anna', 'The parcel is for the neighbours.'),
      ...request('anna', 'Earshot, who mentioned the parcel?', /neighbours|neighbors/i),
      ...request('ben', 'Earshot, tell me when the phone rings.', /I tell you when.*phone/),
      ...reading(dataFolder, 'fleurs', 0, 2),
      ...made('phone_ring', 'telephone ring', /I hear the phone|phone is ringing/),
      ...question('ben', 'When did she call you last?'),
      ...request('carl', 'Earshot, mute yourself.', /quiet/),
      ...made('doorbell', 'doorbell#3'),
      ...request('carl', 'Earshot, you can speak again.', /speak again/),
      ...question('anna', 'What can you do about it?'),
      ...orders(dataFolder, 9, 3),
      gap(8),
      ...request('ben', 'Earshot, what can you do?', /You can say/),
      ...request('anna', 'Earshot, start a ten minute timer.', /10 minutes/),
      ...request('carl', 'Earshot, cancel the timer.', /cancelled/),
      ...sound('keyboard_typing', 'noise-of-life', 1, undefined, 6),
      ...question('ben', 'How many people are coming tomorrow?'),
      ...request('anna', 'Earshot, translate this into Spanish.', /translat|Spanish/i),
      ...request('carl', 'Earshot, stop translating.', /translat/i),
      ...orders(dataFolder, 12, 2),
      ...made('smoke_alarm', 'smoke 3100 Hz', /smoke alarm/),
      ...question('anna', 'Is something burning?'),
      ...request('ben', 'Earshot, what did I miss in the last five minutes?', /\w{4}/),
      ...request('anna', 'Earshot, summarize the last ten minutes.', /\w{4}/),
      ...sound('rain', 'esc10', 2, undefined, 5),
      ...question('ben', 'Shall we watch a film?'),
      ...orders(dataFolder, 14, 1),
      gap(8),
      ...request('carl', 'Earshot, how many times did the doorbell ring?', /twice/),
      ...reading(dataFolder, 'librivox', 3, 2),
      ...request('ben', 'Earshot, when did the doorbell ring?', /doorbell .* ago/),
      ...request('anna', 'Earshot, what time is it now?', CLOCK),
      ...reading(dataFolder, 'fleurs', 2, 3),
      gap(9),
      ...request('ben', 'Hey Earshot, remind me in twenty minutes.', /20 minutes/),
      ...orders(dataFolder, 31, 3),
      ...reading(dataFolder, 'fleurs', 5, 5),
      gap(9),
      ...request('anna', 'Okay Earshot, how often did the phone ring?', /\bonce\b/),
      ...sound('dishes', 'noise-of-life', 3, undefined, 5),
      ...orders(dataFolder, 34, 2),
      ...reading(dataFolder, 'an4', 40, 14),
      gap(9),
      ...request('ben', 'What did I miss in the last three minutes, Earshot?', /\w{4}/),
      ...reading(dataFolder, 'an4', 54, 6),
      ...reading(dataFolder, 'fleurs', 0, 5),
      gap(20),
    ],
  };
}
