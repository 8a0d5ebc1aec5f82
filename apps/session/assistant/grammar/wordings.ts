/** What happens when a sound is heard, as requests name it. */
interface SoundWords {
  /** Many of it: "count the …". */
  readonly plural: string;
  /** "tell me when …". */
  readonly present: string;
  /** "how many times did …". */
  readonly past: string;
}

const words = (plural: string, present: string, past: string): SoundWords => ({ plural, present, past });

const SOUNDS: readonly SoundWords[] = [
  words('dog barks', 'the dog barks', 'the dog bark'),
  words('barks', 'a dog barks', 'a dog bark'),
  words('coughs', 'somebody coughs', 'somebody cough'),
  words('coughs', 'i cough', 'i cough'),
  words('sneezes', 'somebody sneezes', 'somebody sneeze'),
  words('sneezes', 'i sneeze', 'i sneeze'),
  words('doorbells', 'the doorbell rings', 'the doorbell ring'),
  words('knocks', 'somebody knocks', 'somebody knock'),
  words('phone rings', 'the phone rings', 'the phone ring'),
  words('phone calls', 'the telephone rings', 'the telephone ring'),
  words('smoke alarms', 'the smoke alarm goes off', 'the smoke alarm go off'),
  words('alarm clocks', 'the alarm clock rings', 'the alarm clock ring'),
  words('beeps', 'the washing machine beeps', 'the washing machine beep'),
  words('beeps', 'the dishwasher beeps', 'the dishwasher beep'),
  words('beeps', 'the microwave beeps', 'the microwave beep'),
  words('beeps', 'it beeps', 'it beep'),
  words('sirens', 'you hear a siren', 'you hear a siren'),
  words('cries', 'the baby cries', 'the baby cry'),
  words('breaking glasses', 'glass breaks', 'glass break'),
  words('rains', 'it rains', 'it rain'),
  words('laughs', 'somebody laughs', 'somebody laugh'),
  words('claps', 'somebody claps', 'somebody clap'),
  words('screams', 'somebody screams', 'somebody scream'),
];

const NUMBERS =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty twenty-five thirty thirty-five forty forty-five fifty sixty ninety'.split(
    ' ',
  );
const DURATIONS: readonly string[] = [
  ...['second', 'minute', 'hour'].flatMap((unit) =>
    NUMBERS.map((number) => `${number} ${unit}${number === 'one' ? '' : 's'}`),
  ),
  'half an hour',
  'half hour',
  'a quarter of an hour',
  'a minute',
  'an hour',
  'an hour and a half',
];
const HOURS = NUMBERS.slice(0, 12);
const LANGUAGES = ['spanish', 'french', 'german', 'italian', 'portuguese', 'english', 'dutch', 'chinese'];

/** Requests whose every word is known. */
const FIXED: readonly string[] = [
  ...['cancel', 'stop', 'delete'].flatMap((verb) =>
    ['the timer', 'all timers', 'my timer'].map((what) => `${verb} ${what}`),
  ),
  ...['read my notes', 'read the notes', 'list my notes', 'what are my notes', 'show me my notes'],
  ...[
    'what did she just say',
    'what did he just say',
    'what did they just say',
    'what did she say',
    'what did he say',
  ],
  ...['what was that', 'repeat that', 'say that again'],
  ...[
    'give me a summary',
    'summarize the meeting',
    'summarize this',
    'what did i miss',
    'what have i missed',
  ],
  ...['mute yourself', 'be quiet', 'stop talking', 'shut up'],
  ...['unmute yourself', 'unmute', 'you can speak again', 'you may speak again', 'you can talk again'],
  ...['stop translating', 'stop the translation', 'translate this', 'translate'],
  ...[
    'what time is it',
    'what is the time',
    'what time is it now',
    'do you know what time it is',
    'tell me the time',
  ],
  ...['what can you do', 'what can i say', 'what can i ask', 'help me'],
  ...LANGUAGES.flatMap((language) => [`translate this into ${language}`, `translate into ${language}`]),
  ...HOURS.flatMap((hour) => [`what did i miss since ${hour}`, `what have i missed since ${hour}`]),
];

/** Beginnings of requests that go on with words which could be any. */
export const OPENINGS: readonly string[] = [
  ...['take a note', 'make a note', 'take a note that', 'make a note that', 'write down', 'note down that'],
  ...[
    'who mentioned',
    'who talked about',
    'who said something about',
    'did anyone mention',
    'did anybody mention',
  ],
  ...['did anyone say anything about', 'did somebody say something about', 'search for', 'look for'],
];

function withDuration(duration: string): string[] {
  const compound = duration.replace(/s$|^an? /g, '');
  return [
    `start a ${compound} timer`,
    `set a ${compound} timer`,
    `start a timer for ${duration}`,
    `set a timer for ${duration}`,
    `remind me in ${duration}`,
    `wake me in ${duration}`,
    ...(duration.includes('second')
      ? []
      : [
          `summarize the last ${duration}`,
          `give me a summary of the last ${duration}`,
          `what did i miss in the last ${duration}`,
          `what have i missed in the last ${duration}`,
        ]),
  ];
}

function withSound({ plural, present, past }: SoundWords): string[] {
  return [
    ...['count the', 'keep count of the', 'how many', 'count how many'].map((start) => `${start} ${plural}`),
    `count how many times ${present}`,
    `count how often ${present}`,
    ...['how many times did', 'how often did', 'when did'].map((start) => `${start} ${past}`),
    `how many ${plural} did you hear`,
    ...['tell me when', 'let me know when', 'alert me when', 'alert me if', 'tell me if', 'warn me when'].map(
      (start) => `${start} ${present}`,
    ),
  ];
}

/**
 * Requests as they are usually worded, with every duration, sound and language that is usual in them: what a misheard
 * request is compared with. What the patterns of `intents.ts` understand beyond these must be heard right.
 */
export function usualRequests(): readonly string[] {
  return [...FIXED, ...SOUNDS.flatMap(withSound), ...DURATIONS.flatMap(withDuration)];
}

/** What somebody who calls the assistant may be expected to go on with, as it is written. */
export function expectedRequests(): { requests: string[]; openings: string[] } {
  return { requests: usualRequests().map(asWritten), openings: OPENINGS.map(asWritten) };
}

function asWritten(request: string): string {
  return request.replace(/\bi\b/g, 'I');
}
