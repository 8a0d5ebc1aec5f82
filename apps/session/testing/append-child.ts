/** Writes a session, line after line, and says each one once it is kept; is killed in the middle. */
import { TimelineStore } from '../timeline/store.ts';
import { transcript } from './sample-events.ts';

const path = String(process.argv[2]);
const store = TimelineStore.open(path);
const { id } = store.createSession({
  source: 'microphone',
  live: true,
  engine: 'embedded',
  lanes: ['transcribe'],
  startedAtMs: Date.now(),
});
let next = 0;
setInterval(() => {
  store.append(id, transcript(next, next, next + 0.9, `sentence number ${next}`));
  process.stdout.write(`${next}\n`);
  next += 1;
}, 1);
