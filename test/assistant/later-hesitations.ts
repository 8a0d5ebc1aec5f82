import { hesitating } from './hesitations.ts';
import { gap, type Script } from './script.ts';

/** 20 more, in two voices that are in no other script beside four known ones: written and rendered when the rules were done. */
export function laterHesitationsScript(): Script {
  return {
    name: 'later hesitations',
    seed: 77,
    items: [
      gap(2),
      ...hesitating('gwen', 'Earshot, wake me in forty minutes.', 'Earshot, wake me in', 0.6, /40 minutes/),
      ...hesitating('hugo', 'Earshot, set a thirty second timer.', 'Earshot, set a', 0.5, /30 seconds/),
      ...hesitating('ben', 'Earshot, how many knocks did you hear?', 'Earshot, how many', 0.7, /door/),
      ...hesitating(
        'gwen',
        'Earshot, warn me when the microwave beeps.',
        'Earshot, warn me when the',
        0.8,
        /tell you when.*beep/,
      ),
      ...hesitating(
        'hugo',
        'Earshot, keep count of the phone calls.',
        'Earshot, keep count of',
        0.5,
        /count.*phone/,
      ),
      ...hesitating('anna', 'Earshot, when did the baby cry?', 'Earshot, when did the', 0.6, /cry/),
      ...hesitating(
        'gwen',
        'Earshot, did anyone mention the holiday?',
        'Earshot, did anyone',
        0.7,
        /holiday/i,
      ),
      ...hesitating('hugo', 'Earshot, what did he just say?', 'Earshot, what did he', 0.6, /./),
      ...hesitating('dora', 'Earshot, read me my notes.', 'Earshot, read me', 0.5, /note/i),
      ...hesitating('emil', 'Earshot, tell me what time it is.', 'Earshot, tell me', 0.6, /\b\d{1,2}:\d\d\b/),
      ...hesitating('gwen', 'Earshot, sum up the last fifteen minutes.', 'Earshot, sum up the', 0.4, /./),
      ...hesitating('hugo', 'Earshot, take a note: the car needs oil.', 'Earshot, take a note', 0.7, /oil/i),
      ...hesitating('anna', 'Earshot, stop the timer, please.', 'Earshot, stop the', 0.5, /cancelled/),
      ...hesitating('ben', 'Earshot, what can you do for me?', 'Earshot, what can', 0.6, /You can say/),
      ...hesitating(
        'gwen',
        'Earshot, let me know if the siren comes back.',
        'Earshot, let me know if',
        0.8,
        /siren/,
      ),
      ...hesitating(
        'hugo',
        'Earshot, count how often I sneeze.',
        'Earshot, count how often',
        0.5,
        /count.*sneez/,
      ),
      ...hesitating(
        'dora',
        'Earshot, search for, um, the plumber.',
        'Earshot, search for, um,',
        0.6,
        /plumber/i,
      ),
      ...hesitating(
        'emil',
        'Earshot, give me a recap of the last ten minutes.',
        'Earshot, give me a recap',
        0.6,
        /./,
      ),
      ...hesitating(
        'gwen',
        'Earshot, start a, uh, three minute timer.',
        'Earshot, start a, uh,',
        0.5,
        /3 minutes/,
      ),
      ...hesitating('hugo', 'Earshot, you can talk again.', 'Earshot, you can', 0.4, /again/),
    ],
  };
}
