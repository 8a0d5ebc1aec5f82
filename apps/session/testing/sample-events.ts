import type { EventOf } from '#protocol';

export function transcript(
  id: number,
  start: number,
  end: number,
  text: string,
  final = true,
): EventOf<'transcript'> {
  return { type: 'transcript', id, start, end, text, final, language: 'en', latencyMs: 100 };
}

export function translation(id: number, of: number, text: string): EventOf<'translation'> {
  return { type: 'translation', id, of, text, language: 'es', final: true, latencyMs: 120 };
}

export function sound(id: number, start: number, end: number, label: string): EventOf<'sound'> {
  return { type: 'sound', id, start, end, label, confidence: 0.9, latencyMs: 60 };
}

export function reply(id: number, t: number, text: string): EventOf<'reply'> {
  return { type: 'reply', id, t, text, final: true, trigger: { kind: 'timer' }, latencyMs: 200 };
}
