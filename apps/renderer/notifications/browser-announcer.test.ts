import { describe, expect, it } from 'vitest';
import { settingsSchema, type DoorPush, type EventOf } from '#protocol';
import { BrowserAnnouncer } from './browser-announcer.ts';

/** A page whose notifications are kept. */
function page({ notifications = {}, focused = false, allowed = true } = {}) {
  const shown: { body: string; urgent: boolean }[] = [];
  let push: (push: DoorPush) => void = () => undefined;
  let seconds = 0;
  const announcer = new BrowserAnnouncer({
    door: { onPush: (listener) => ((push = listener), () => (push = () => undefined)) },
    settings: () => settingsSchema.parse({ notifications }),
    focused: () => focused,
    allowed: () => allowed,
    show: (body, urgent) => shown.push({ body, urgent }),
    withHeldBack: (text, count) => `${text} +${count}`,
    nowMs: () => seconds * 1000,
  });
  const reply = (id: number, text: string, more: Partial<EventOf<'reply'>> = {}, at = seconds): void => {
    seconds = at;
    const trigger = { kind: 'sound', of: 1 } as const;
    push({
      kind: 'event',
      event: { type: 'reply', id, t: 1, text, final: true, trigger, latencyMs: 1, ...more },
    });
  };
  return { announcer, shown, reply };
}

describe('notifications of a browser', () => {
  it('shows a notice that is not said aloud, and an urgent one as urgent', () => {
    const { shown, reply } = page();
    reply(1, 'The doorbell rang.', { aloud: false });
    reply(2, 'A smoke alarm is sounding.', { emotion: 'urgent' }, 3);
    expect(shown).toEqual([
      { body: 'The doorbell rang.', urgent: false },
      { body: 'A smoke alarm is sounding.', urgent: true },
    ]);
  });

  it('keeps the distance that was set, and tells how many were held back', () => {
    const { shown, reply } = page({ notifications: { minIntervalSeconds: 10 } });
    reply(1, 'One.', {}, 1);
    reply(2, 'Two.', {}, 4);
    reply(3, 'Three.', {}, 12);
    expect(shown.map(({ body }) => body)).toEqual(['One.', 'Three. +1']);
  });

  it.each([
    ['the page is in front', { focused: true }],
    ['the browser does not allow it', { allowed: false }],
    ['nothing may disturb', { notifications: { doNotDisturb: true } }],
  ])('shows nothing when %s', (_, how) => {
    const { shown, reply } = page(how);
    reply(1, 'The doorbell rang.');
    expect(shown).toEqual([]);
  });

  it('shows nothing after it was disposed of', () => {
    const { announcer, shown, reply } = page();
    announcer.dispose();
    reply(1, 'The doorbell rang.');
    expect(shown).toEqual([]);
  });
});
