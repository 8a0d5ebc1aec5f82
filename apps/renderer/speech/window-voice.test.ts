import { describe, expect, it } from 'vitest';
import { settingsSchema, type DoorPush, type EarshotEvent } from '#protocol';
import { WindowVoice } from './window-voice.ts';

/** Web Speech as a page sees it: one utterance at a time, cancelled ones end late. */
function page() {
  const said: SpeechSynthesisUtterance[] = [];
  let push: (push: DoorPush) => void = () => undefined;
  let cancelled = 0;
  const told: string[] = [];
  const saying: (number | undefined)[] = [];
  let wanted = true;
  const voice = new WindowVoice({
    door: {
      onPush: (listener) => ((push = listener), () => undefined),
      ask: (_method, params) => {
        if ('speaking' in params) told.push(`${params.speaking ? 'begins' : 'ends'}: ${params.sentence}`);
        return Promise.reject(new Error('the host is gone'));
      },
    },
    synthesis: {
      speak: (utterance) => {
        said.push(utterance);
        utterance.onstart?.call(utterance, {} as SpeechSynthesisEvent);
      },
      cancel: () => (cancelled += 1),
      pause: () => undefined,
      resume: () => undefined,
      getVoices: () => [],
    },
    utterance: (text) =>
      ({ text, rate: 1, pitch: 1, onstart: null, onend: null, onerror: null }) as SpeechSynthesisUtterance,
    settings: () => settingsSchema.parse({}),
    isWanted: () => wanted,
    saying: (replyId) => saying.push(replyId),
    nowMs: () => 0,
  });
  return {
    voice,
    texts: () => said.map(({ text }) => text),
    rates: () => said.map(({ rate }) => rate),
    cancelled: () => cancelled,
    told,
    saying,
    /** The host says who speaks. */
    speaks: (speaks?: 'host' | 'window') => {
      wanted = speaks === 'window';
      push({ kind: 'state', state: { activity: 'listening', lanes: ['assist'], ...(speaks && { speaks }) } });
    },
    event: (event: EarshotEvent) => push({ kind: 'event', event }),
    ended: () =>
      said.at(-1)?.onend?.call(said.at(-1) as SpeechSynthesisUtterance, {} as SpeechSynthesisEvent),
  };
}
const reply = { type: 'reply', id: 1, t: 1, trigger: { kind: 'timer' }, latencyMs: 1 } as const;
const at = (t: number): EarshotEvent => ({
  type: 'decision',
  chunk: 1,
  t,
  lane: 'assist',
  decision: 'silent',
});
const heard = (text: string, start: number, end: number): EarshotEvent => ({
  type: 'transcript',
  id: 1,
  start,
  end,
  text,
  final: true,
  language: 'en',
  latencyMs: 1,
});

describe('a window that speaks', () => {
  it('says a reply sentence by sentence, in its emotion', () => {
    const window = page();
    window.event({ ...reply, text: 'Help is coming. Stay', final: false, emotion: 'urgent' });
    window.event({ ...reply, text: 'Help is coming. Stay calm.', final: true });
    expect(window.texts()).toEqual(['Help is coming.']);
    window.ended();
    expect(window.texts()).toEqual(['Help is coming.', 'Stay calm.']);
    expect(window.rates()).toEqual([1.2, 1.2]);
    window.ended();
    expect(window.told).toEqual([
      'begins: Help is coming.',
      'ends: Help is coming.',
      'begins: Stay calm.',
      'ends: Stay calm.',
    ]);
  });

  it('stops when the person speaks, not when it hears itself', () => {
    const window = page();
    window.event(at(10));
    window.event({ ...reply, text: 'The kettle has been on for ten minutes. It is hot.', final: true });
    window.event(heard('The kettle has been on for', 10, 11.5));
    expect(window.cancelled()).toBe(0);
    window.event(heard('stop talking please', 10.2, 11.8));
    expect(window.cancelled()).toBe(1);
    window.ended();
    expect(window.texts()).toHaveLength(1);
    expect(window.told).toEqual([
      'begins: The kettle has been on for ten minutes.',
      'ends: The kettle has been on for ten minutes.',
    ]);
  });

  it('tells which reply it says, until its last sentence is said', () => {
    const window = page();
    window.event({ ...reply, text: 'One. Two.', final: true });
    window.ended();
    expect(window.saying).toEqual([1]);
    window.ended();
    expect(window.saying).toEqual([1, undefined]);
  });

  const anew: EarshotEvent[] = [
    { type: 'end', duration: 11, processing: 1 },
    { type: 'ready', engine: 'embedded', chunkMs: 400, lanes: ['assist'] },
  ];
  it.each(anew)('knows nothing of the session before: ids and times begin anew after $type', (event) => {
    const window = page();
    window.event(at(10));
    window.event({ ...reply, text: 'The kettle has been on for ten minutes.', final: true });
    window.event(event);
    window.event(at(10));
    window.event({ ...reply, text: 'The washing machine is done. It beeped.', final: true });
    expect(window.texts().at(-1)).toBe('The washing machine is done.');
    window.event(heard('the kettle has been on', 10, 11.5));
    expect(window.cancelled()).toBe(2);
  });

  it('is silent while the host speaks or nobody does, at once', () => {
    const window = page();
    window.speaks('host');
    window.event({ ...reply, text: 'Hello.', final: true });
    window.speaks();
    window.event({ ...reply, id: 2, text: 'Hello.', final: true });
    expect(window.texts()).toEqual([]);
    window.speaks('window');
    window.event({ ...reply, id: 3, text: 'Hello again. Goodbye.', final: true });
    window.speaks('host');
    window.ended();
    expect(window.texts()).toEqual(['Hello again.']);
    expect(window.cancelled()).toBe(1);
    expect(window.told.at(-1)).toBe('ends: Hello again.');
  });
});
