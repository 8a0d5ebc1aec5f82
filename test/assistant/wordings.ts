import type { ScriptParts } from './evening.ts';
import { reading } from './evening.ts';
import { gap, question, request, type Script } from './script.ts';

const CLOCK = /\b\d{1,2}:\d\d\b/;

/**
 * The same wishes in other words and other voices than the evening and the meeting: whether it is the script that is
 * understood, or the language.
 */
export function wordingsScript({ dataFolder }: ScriptParts): Script {
  return {
    name: 'wordings',
    seed: 74,
    items: [
      gap(2),
      ...reading(dataFolder, 'librivox', 2, 1),
      gap(9),
      ...request('dora', 'Earshot, could you set a timer for fifteen minutes?', /15 minutes/),
      ...request('emil', 'Earshot, set a timer for forty five seconds, please.', /45 seconds/),
      ...request('fay', 'Earshot, cancel all timers.', /cancelled/),
      ...request('dora', 'Earshot, do you know what time it is?', CLOCK),
      ...question('emil', 'Do you know where my glasses are?'),
      ...request('emil', 'Hey Earshot, what is the time?', CLOCK),
      ...request('fay', 'Earshot, please count the coughs.', /count.*cough/i),
      ...request('dora', 'Earshot, keep count of the sneezes.', /count.*sneeze/i),
      ...request('emil', 'Earshot, how many times did somebody cough?', /not heard a cough/i),
      ...question('fay', 'How many eggs do we need?'),
      ...request('fay', 'Earshot, let me know when the washing machine beeps.', /tell you when.*beep/i),
      ...request('dora', 'Earshot, alert me if the baby cries.', /tell you when.*cry/i),
      ...request('emil', 'Earshot, make a note that the keys are in the drawer.', /keys.*drawer/i),
      ...request('fay', 'Earshot, note down that the rent is due on Friday.', /rent.*friday/i),
      ...request('dora', 'Earshot, what are my notes?', /Your notes/),
      ...question('dora', 'What are you doing on Sunday?'),
      ...request('emil', 'Earshot, give me a summary of the last half hour.', /\w{4}/),
      ...request('fay', 'Earshot, what have I missed?', /\w{4}/),
      ...question('emil', 'Could you pass me the salt, please?'),
      ...request('dora', 'Earshot, repeat that.', /salt|Sunday/i),
      ...request('emil', 'Earshot, when did somebody knock?', /not heard the door/i),
      ...request('fay', 'Earshot, did anybody mention the salt?', /salt/i),
      ...request('dora', 'Earshot, be quiet.', /quiet/),
      ...request('emil', 'Earshot, you may speak again.', /speak again/),
      ...request('fay', 'Earshot, remind me in half an hour.', /30 minutes/),
      ...request('dora', 'Earshot, stop the timer.', /cancelled/),
      ...request('emil', 'Earshot, help.', /You can say/),
      ...question('fay', 'Can somebody help me with this?'),
      gap(4),
    ],
  };
}
