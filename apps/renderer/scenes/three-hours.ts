import type { EarshotEvent } from '#protocol';
import { line, reply, sound, translated } from './builders.ts';

const DURATION_SECONDS = 3 * 3600;
const WORDS =
  'the kettle is on and somebody at the door has been talking about rain for most of the evening while we read'.split(
    ' ',
  );
const LABELS = ['dog_bark', 'door_slam', 'cough', 'dishes', 'laughter', 'clock_tick', 'phone_ring'];

/** Words of a line that differ from line to line and always come out the same. */
function sentence(seed: number): string {
  const count = 5 + (seed % 14);
  const words = Array.from(
    { length: count },
    (_, index) => WORDS[(seed * 7 + index * (1 + (seed % 5))) % WORDS.length] ?? '',
  );
  const text = words.join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/**
 * A session of three hours at five events a second: a line every 1.6 s that grows by two partials, sounds, rain that
 * comes and goes, and now and then a reply.
 */
export function threeHours(): EarshotEvent[] {
  const events: EarshotEvent[] = [];
  const lines = Math.floor(DURATION_SECONDS / 1.6);
  for (let id = 1; id <= lines; id += 1) {
    const start = id * 1.6 - 1.5;
    const text = sentence(id);
    const half = text.slice(0, Math.ceil(text.length / 2));
    events.push(line(id, start, start + 0.6, half, { final: false, stable: 4 }));
    events.push(line(id, start, start + 1, text, { final: false, stable: half.length }));
    events.push(line(id, start, start + 1.4, text));
    if (id % 2 === 0) events.push(translated(id, sentence(id + 3)));
    if (id % 3 === 0)
      events.push(sound(id * 2, start + 0.2, start + 0.7, LABELS[id % LABELS.length] ?? 'beep'));
    if (id % 400 === 0) events.push(sound(id * 2 + 1, start, start + 240, 'rain'));
    if (id % 60 === 0)
      events.push(reply(id, start + 1.5, sentence(id + 9), { trigger: { kind: 'transcript', of: id } }));
    for (const lane of ['transcribe', 'translate', 'sounds', 'assist'] as const) {
      events.push({ type: 'decision', chunk: id * 4, t: start + 1.4, lane, decision: 'respond' });
    }
  }
  return events;
}
