import { describe, expect, it } from 'vitest';
import type { OpenQuestion } from './open-answers.ts';
import { Evening } from './testing.ts';

/** An evening whose open questions are kept. */
function evening(): { evening: Evening; asked: OpenQuestion[] } {
  const asked: OpenQuestion[] = [];
  return { asked, evening: new Evening({}, { onOpenQuestion: (question) => asked.push(question) }) };
}

describe('what a responder may do in the session', () => {
  it('is what could be asked for by voice', () => {
    const { evening: session, asked } = evening();
    session.say('The budget for the garden is four hundred.');
    session.sound('dog_bark');
    session.say('Earshot, is the garden worth it?');
    const actions = asked[0]?.context.actions;
    expect(actions?.search('budget')).toContain('four hundred');
    expect(actions?.countSound('dog_bark')).toBe('I heard a dog barking once.');
    expect(actions?.countSound('unheard_of')).toBe('I do not know that sound.');
    expect(actions?.translateTo('es')).toContain('No translation package');
    expect(actions?.stopTranslating()).toBe('I am not translating.');
    expect(actions?.takeNote('buy soil')).toBe('Noted: buy soil.');
    expect(session.say('Earshot, read my notes.')).toBe('Your notes: buy soil.');
    expect(actions?.deleteNotes()).toBe('The note is deleted.');
    expect(session.notes).toEqual(['buy soil', '']);
    expect(session.say('Earshot, read my notes.')).toBe('There are no notes.');
    expect(actions?.startTimer(90)).toContain('1 minute and 30 seconds');
    session.pass(100);
    expect(session.replies().at(-1)?.text).toContain('is over');
  });

  it('comes with the session in layers', () => {
    const { evening: session, asked } = evening();
    for (let index = 0; index < 250; index += 1) session.say(`We talked about matter ${index} for a while.`);
    session.say('Earshot, is the garden worth it?');
    const { lines, summaries } = asked[0]?.context ?? { lines: [], summaries: [] };
    expect(lines).toHaveLength(200);
    expect(summaries.length).toBeGreaterThan(4);
    expect(summaries[0]?.lineIds[0]).toBe(0);
    expect(summaries[0]?.lineIds.length).toBeGreaterThan(summaries.at(-1)?.lineIds.length ?? Infinity);
  });
});
