import { gap, request, type Script, type ScriptItem } from './script.ts';
import type { VoiceName } from './voices.ts';

const CLOCK = /\b\d{1,2}:\d\d\b/;

/** Before the next one the name is needed again. */
export const hesitating = (
  voice: VoiceName,
  text: string,
  after: string,
  seconds: number,
  reply: RegExp,
): ScriptItem[] => request(voice, text, reply, { pauseSeconds: 11, pause: { after, seconds } });

/** 20 requests in the middle of which somebody hesitates, for 0.3 s to 0.9 s: answered once, when they are over. */
export function hesitationsScript(): Script {
  return {
    name: 'hesitations',
    seed: 75,
    items: [
      gap(2),
      ...hesitating('ben', 'Earshot, start a five minute timer.', 'Earshot, start a', 0.5, /5 minutes/),
      ...hesitating('anna', 'Earshot, start a ten minute timer.', 'Earshot, start a ten', 0.4, /10 minutes/),
      ...hesitating('ben', 'Earshot, start a two minute timer.', 'Earshot, start a', 0.7, /2 minutes/),
      ...hesitating('carl', 'Earshot, cancel the timer.', 'Earshot, cancel the', 0.6, /cancelled/),
      ...hesitating(
        'anna',
        'Earshot, count how many times the dog barks.',
        'Earshot, count how many times',
        0.5,
        /count.*dog/i,
      ),
      ...hesitating(
        'ben',
        'Earshot, how many times did the dog bark?',
        'Earshot, how many times did',
        0.4,
        /not heard a dog/,
      ),
      ...hesitating(
        'anna',
        'Earshot, how many times did the dog bark?',
        'Earshot, how many times',
        0.8,
        /not heard a dog/,
      ),
      ...hesitating(
        'ben',
        'Earshot, tell me when the phone rings.',
        'Earshot, tell me when',
        0.6,
        /tell you when.*phone/,
      ),
      ...hesitating(
        'ben',
        'Earshot, tell me when the alarm clock rings.',
        'Earshot, tell me when the',
        0.3,
        /tell you when.*alarm clock/,
      ),
      ...hesitating(
        'ben',
        'Earshot, when did the doorbell ring?',
        'Earshot, when did the',
        0.7,
        /not heard the doorbell/,
      ),
      ...hesitating(
        'carl',
        'Earshot, how many times did somebody sneeze?',
        'Earshot, how many times did',
        0.5,
        /sneeze/,
      ),
      ...hesitating(
        'anna',
        'Earshot, take a note: call the plumber on Monday.',
        'Earshot, take a note',
        0.9,
        /plumber.*monday/i,
      ),
      ...hesitating(
        'anna',
        'Earshot, summarize the last ten minutes.',
        'Earshot, summarize the last',
        0.6,
        /./,
      ),
      ...hesitating('ben', 'Earshot, summarize the last five minutes.', 'Earshot, summarize the', 0.4, /./),
      ...hesitating(
        'anna',
        'Earshot, what did I miss in the last ten minutes?',
        'Earshot, what did I miss in the',
        0.7,
        /./,
      ),
      ...hesitating(
        'ben',
        'Earshot, what did I miss in the last five minutes?',
        'Earshot, what did I miss in',
        0.5,
        /./,
      ),
      ...hesitating('anna', 'Earshot, what time is it now?', 'Earshot, what', 0.4, CLOCK),
      ...hesitating(
        'fay',
        'Earshot, let me know when the washing machine beeps.',
        'Earshot, let me know when',
        0.8,
        /tell you when.*beep/,
      ),
      ...hesitating(
        'dora',
        'Earshot, could you set a timer for fifteen minutes?',
        'Earshot, could you set a timer for',
        0.5,
        /15 minutes/,
      ),
      ...hesitating(
        'emil',
        'Earshot, give me a summary of the last half hour.',
        'Earshot, give me a summary of the',
        0.6,
        /./,
      ),
    ],
  };
}

/** 20 more in other words and other voices, some with an "um"; heard for the first time when the rules were done. */
export function otherHesitationsScript(): Script {
  return {
    name: 'other hesitations',
    seed: 76,
    items: [
      gap(2),
      ...hesitating(
        'dora',
        'Earshot, set a timer for twenty minutes.',
        'Earshot, set a timer for',
        0.6,
        /20 minutes/,
      ),
      ...hesitating('emil', 'Earshot, remind me in ten minutes.', 'Earshot, remind me in', 0.5, /10 minutes/),
      ...hesitating('fay', 'Earshot, count the knocks.', 'Earshot, count the', 0.7, /count.*(?:knock|door)/i),
      ...hesitating(
        'dora',
        'Earshot, tell me when the doorbell rings.',
        'Earshot, tell me when the',
        0.5,
        /tell you when.*doorbell/,
      ),
      ...hesitating(
        'emil',
        'Earshot, alert me if the smoke alarm goes off.',
        'Earshot, alert me if',
        0.8,
        /tell you when.*smoke/,
      ),
      ...hesitating(
        'fay',
        'Earshot, how often did the phone ring?',
        'Earshot, how often did the',
        0.6,
        /not heard the phone/,
      ),
      ...hesitating(
        'dora',
        'Earshot, how many times did somebody sneeze?',
        'Earshot, how many times',
        0.5,
        /sneeze/,
      ),
      ...hesitating('emil', 'Earshot, when did the dog bark?', 'Earshot, when did', 0.7, /not heard a dog/),
      ...hesitating(
        'fay',
        'Earshot, make a note that the milk is finished.',
        'Earshot, make a note that',
        0.9,
        /milk/i,
      ),
      ...hesitating('dora', 'Earshot, write down: buy bread.', 'Earshot, write down', 0.6, /bread/i),
      ...hesitating(
        'emil',
        'Earshot, summarize the last twenty minutes.',
        'Earshot, summarize the last',
        0.5,
        /./,
      ),
      ...hesitating(
        'fay',
        'Earshot, give me a summary of the last hour.',
        'Earshot, give me a summary of',
        0.7,
        /./,
      ),
      ...hesitating(
        'dora',
        'Earshot, what have I missed in the last five minutes?',
        'Earshot, what have I missed in',
        0.5,
        /./,
      ),
      ...hesitating('emil', 'Earshot, cancel all timers.', 'Earshot, cancel', 0.6, /cancelled/),
      ...hesitating('fay', 'Earshot, do you know what time it is?', 'Earshot, do you know', 0.5, CLOCK),
      ...hesitating('dora', 'Earshot, who mentioned the garden?', 'Earshot, who mentioned', 0.7, /garden/i),
      ...hesitating(
        'emil',
        'Earshot, start a timer for, um, two minutes.',
        'Earshot, start a timer for, um,',
        0.6,
        /2 minutes/,
      ),
      ...hesitating(
        'fay',
        'Earshot, tell me when, uh, the baby cries.',
        'Earshot, tell me when, uh,',
        0.6,
        /tell you when.*(?:baby|cry)/,
      ),
      ...hesitating('dora', 'Earshot, count, um, the coughs.', 'Earshot, count, um,', 0.5, /count.*cough/i),
      ...hesitating(
        'emil',
        'Earshot, let me know when it rains.',
        'Earshot, let me know',
        0.8,
        /tell you when.*rain/,
      ),
    ],
  };
}
