import { gap, request, type Script, type ScriptItem } from './script.ts';
import type { VoiceName } from './voices.ts';

const CLOCK = /\b\d{1,2}:\d\d\b/;

/** Before the next one the name is needed again. */
const hesitating = (
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
