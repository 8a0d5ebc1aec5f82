import { describe, expect, it } from 'vitest';
import { decideAnnouncement, NOTHING_ANNOUNCED, type AnnouncementContext } from './announcement.ts';
import { settingsSchema } from './settings.ts';

const { notifications } = settingsSchema.parse({});
const reply = { final: true, text: 'The kettle is boiling.', emotion: 'normal' } as const;

function at(seconds: number, change: Partial<AnnouncementContext> = {}): AnnouncementContext {
  return { nowMs: seconds * 1000, settings: notifications, windowFocused: false, ...change };
}

describe('which replies become notifications', () => {
  it('announces the first', () => {
    expect(decideAnnouncement(NOTHING_ANNOUNCED, reply, at(0))).toMatchObject({
      announce: true,
      heldBack: 0,
    });
  });

  it('keeps the interval, and counts what it holds back', () => {
    const first = decideAnnouncement(NOTHING_ANNOUNCED, reply, at(0));
    const second = decideAnnouncement(first.memory, reply, at(10));
    const third = decideAnnouncement(second.memory, reply, at(29.9));
    const fourth = decideAnnouncement(third.memory, reply, at(30));
    expect([second.announce, third.announce, fourth.announce]).toEqual([false, false, true]);
    expect(fourth.heldBack).toBe(2);
    expect(fourth.memory.heldBack).toBe(0);
  });

  it('does not let something urgent wait', () => {
    const first = decideAnnouncement(NOTHING_ANNOUNCED, reply, at(0));
    expect(decideAnnouncement(first.memory, { ...reply, emotion: 'urgent' }, at(1)).announce).toBe(true);
  });

  it('lets nothing through do-not-disturb or when notifications are off', () => {
    for (const change of [{ doNotDisturb: true }, { enabled: false }]) {
      const settings = { ...notifications, ...change };
      const urgent = { ...reply, emotion: 'urgent' } as const;
      expect(decideAnnouncement(NOTHING_ANNOUNCED, urgent, at(0, { settings })).announce).toBe(false);
    }
  });

  it('does not repeat what is being read in the window, and does not count it as held back', () => {
    const read = decideAnnouncement(NOTHING_ANNOUNCED, reply, at(0, { windowFocused: true }));
    expect(read).toEqual({ announce: false, heldBack: 0, memory: NOTHING_ANNOUNCED });
  });

  it('waits until a reply is finished', () => {
    const partial = decideAnnouncement(NOTHING_ANNOUNCED, { ...reply, final: false }, at(0));
    expect(partial).toEqual({ announce: false, heldBack: 0, memory: NOTHING_ANNOUNCED });
  });

  it('announces at once when no interval is wanted', () => {
    const settings = { ...notifications, minIntervalSeconds: 0 };
    const first = decideAnnouncement(NOTHING_ANNOUNCED, reply, at(0, { settings }));
    expect(decideAnnouncement(first.memory, reply, at(0, { settings })).announce).toBe(true);
  });
});
