import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERFACE_LANGUAGES_FOR_TEST, sound, transcript } from './testing.ts';
import { proactivePhrase } from './phrases.ts';
import { ProactivePolicy, type ProactiveMoment } from './policy.ts';
import { PROACTIVE_RULES } from './rules.ts';

const at = (streamSeconds: number, minuteOfDay = 720): ProactiveMoment => ({ streamSeconds, minuteOfDay });

describe('ProactivePolicy', () => {
  it('warns of a smoke alarm at once, with its trigger, and reminds while it goes on', () => {
    const policy = new ProactivePolicy();
    const first = policy.hearSound(sound(4, 'smoke_alarm', 10, 10.6, { final: false }), at(11));
    expect(first).toMatchObject({
      key: 'smoke_alarm',
      emotion: 'urgent',
      action: 'say',
      trigger: { kind: 'sound', of: 4 },
    });
    expect(first?.text).toContain('smoke alarm');
    expect(policy.hearSound(sound(4, 'smoke_alarm', 10, 30, { final: false }), at(30))).toBeUndefined();
    expect(policy.hearSound(sound(5, 'smoke_alarm', 32, 72), at(72))?.trigger.of).toBe(5);
  });

  it('goes by the last name of a sound: a telephone that began as a beep', () => {
    const policy = new ProactivePolicy();
    expect(policy.hearSound(sound(2, 'beep', 8, 8.3, { final: false }), at(8.4))).toBeUndefined();
    expect(policy.hearSound(sound(2, 'phone_ring', 8, 9, { final: false }), at(9.2))?.key).toBe('phone_ring');
  });

  it('never announces typing, paper or rain', () => {
    const policy = new ProactivePolicy();
    for (const label of ['keyboard_typing', 'paper', 'rain', 'speech', 'other'])
      expect(policy.hearSound(sound(1, label, 0, 20), at(20))).toBeUndefined();
  });

  it('does not say the same bell twice, but a bell an hour later is another one', () => {
    const policy = new ProactivePolicy();
    expect(policy.hearSound(sound(1, 'doorbell', 5, 6), at(6))?.key).toBe('doorbell');
    expect(policy.hearSound(sound(1, 'doorbell', 5, 7), at(12))).toBeUndefined();
    expect(policy.hearSound(sound(2, 'doorbell', 14, 15), at(15))).toBeUndefined();
    expect(policy.hearSound(sound(3, 'doorbell', 3600, 3601), at(3601))?.trigger.of).toBe(3);
  });

  it('waits until nobody speaks, and drops what is old by then; safety interrupts', () => {
    const policy = new ProactivePolicy();
    policy.hearTranscript(transcript(9, 10));
    expect(policy.hearSound(sound(1, 'phone_ring', 9, 10), at(10.2))).toBeUndefined();
    expect(policy.tick(at(10.6))).toBeUndefined();
    expect(policy.tick(at(11.4))?.key).toBe('phone_ring');
    policy.hearTranscript(transcript(30, 40));
    expect(policy.hearSound(sound(2, 'doorbell', 31, 32), at(32))).toBeUndefined();
    expect(policy.hearSound(sound(3, 'glass_breaking', 33, 33.5), at(34))?.key).toBe('glass_breaking');
    expect(policy.tick(at(42))).toBeUndefined();
  });

  it('drops what is old also when it was told late, as in a recording that is read ahead of its words', () => {
    const policy = new ProactivePolicy();
    policy.hearTranscript(transcript(37, 55));
    expect(policy.hearSound(sound(1, 'phone_ring', 42, 42.5), at(50))).toBeUndefined();
    expect(policy.tick(at(57))).toBeUndefined();
  });

  it('asks for more where something explains the sound', () => {
    const washing = new ProactivePolicy();
    washing.hearSound(sound(1, 'dishes', 0, 4), at(4));
    expect(
      washing.hearSound(sound(2, 'glass_breaking', 5, 5.4, { confidence: 0.75 }), at(6)),
    ).toBeUndefined();
    expect(
      new ProactivePolicy().hearSound(sound(2, 'glass_breaking', 5, 5.4, { confidence: 0.75 }), at(6)),
    ).toBeDefined();
    expect(washing.hearSound(sound(3, 'glass_breaking', 7, 7.4, { confidence: 0.96 }), at(8))).toBeDefined();
  });

  it('says something about coughing only when it does not stop', () => {
    const policy = new ProactivePolicy();
    expect(policy.hearSound(sound(1, 'cough', 0, 0.4), at(1))).toBeUndefined();
    expect(policy.hearSound(sound(2, 'cough', 50, 50.4), at(51))).toBeUndefined();
    expect(policy.hearSound(sound(3, 'cough', 55, 55.4), at(56))).toBeUndefined();
    expect(policy.hearSound(sound(4, 'cough', 60, 60.4), at(60.4))).toBeUndefined();
    expect(policy.tick(at(60.8))).toBeUndefined();
    expect(policy.tick(at(61.3))?.key).toBe('cough');
    expect(policy.hearSound(sound(5, 'cough', 62, 62.4), at(62.4))).toBeUndefined();
    expect(policy.tick(at(70))).toBeUndefined();
  });

  it('takes the hiss of a word for no sneeze', () => {
    const policy = new ProactivePolicy();
    expect(policy.hearSound(sound(1, 'sneeze', 10, 10.2, { confidence: 0.75 }), at(10.4))).toBeUndefined();
    policy.hearTranscript(transcript(10.1, 11));
    expect(policy.tick(at(13))).toBeUndefined();
    expect(policy.hearSound(sound(2, 'sneeze', 20, 20.2, { confidence: 0.75 }), at(20.4))).toBeUndefined();
    expect(policy.tick(at(21.2))?.key).toBe('sneeze');
  });

  it('goes by what is known of a sneeze when its time comes: surer, or by another name', () => {
    const policy = new ProactivePolicy();
    policy.hearSound(sound(1, 'sneeze', 10, 10.2, { confidence: 0.75, final: false }), at(10.2));
    policy.hearTranscript(transcript(10.1, 10.5));
    policy.hearSound(sound(1, 'sneeze', 10, 10.6, { confidence: 0.98 }), at(10.8));
    expect(policy.tick(at(12))?.key).toBe('sneeze');
    policy.hearSound(sound(2, 'sneeze', 400, 400.2, { final: false }), at(400.4));
    policy.hearSound(sound(2, 'cough', 400, 400.4), at(400.8));
    expect(policy.tick(at(402))).toBeUndefined();
  });

  it('keeps quiet hours over midnight, apart from safety and a crying baby', () => {
    const policy = new ProactivePolicy({ quietHours: { startMinute: 1320, endMinute: 420 } });
    expect(policy.hearSound(sound(1, 'doorbell', 1, 2), at(2, 1400))).toBeUndefined();
    expect(policy.hearSound(sound(2, 'doorbell', 101, 102), at(102, 100))).toBeUndefined();
    expect(policy.hearSound(sound(3, 'scream', 201, 202), at(202, 100))).toBeDefined();
    expect(policy.hearSound(sound(4, 'crying_baby', 301, 304), at(304, 100))).toBeDefined();
    expect(policy.hearSound(sound(5, 'doorbell', 401, 402), at(402, 430))).toBeDefined();
  });

  it('does what the person chose for a label', () => {
    const policy = new ProactivePolicy({
      language: 'es',
      actionOf: (label) => (label === 'sneeze' ? 'show' : label === 'doorbell' ? 'notify' : undefined),
    });
    expect(policy.hearSound(sound(1, 'sneeze', 1, 2), at(2))).toBeUndefined();
    expect(policy.hearSound(sound(2, 'doorbell', 11, 12), at(12))).toMatchObject({
      action: 'notify',
      text: 'Ha sonado el timbre.',
    });
  });

  it('tells of what has no rule when the person wishes it, once in a while', () => {
    const policy = new ProactivePolicy({
      actionOf: (label) => (label === 'dog_bark' ? 'notify' : undefined),
    });
    expect(policy.hearSound(sound(1, 'dog_bark', 1, 1.3, { confidence: 0.4 }), at(1.6))).toMatchObject({
      action: 'notify',
      text: 'Dog barks.',
      trigger: { kind: 'sound', of: 1 },
    });
    expect(policy.hearSound(sound(2, 'dog_bark', 8, 8.3), at(8.6))).toBeUndefined();
    expect(policy.hearSound(sound(3, 'dog_bark', 60, 60.3), at(60.6))?.trigger.of).toBe(3);
    expect(policy.hearSound(sound(4, 'rain', 70, 80), at(80))).toBeUndefined();
  });

  it('has words in every language for every rule', () => {
    for (const label of Object.keys(PROACTIVE_RULES))
      for (const language of INTERFACE_LANGUAGES_FOR_TEST)
        expect(proactivePhrase(label, language)?.length ?? 0).toBeGreaterThan(1);
  });

  it('never says the same id twice without a reminder, whatever comes', () => {
    const steps = fc.array(
      fc.record({
        label: fc.constantFrom('doorbell', 'glass_breaking', 'phone_ring', 'dishes', 'cough'),
        id: fc.nat({ max: 12 }),
        wait: fc.double({ min: 0.4, max: 30, noNaN: true }),
        confidence: fc.double({ min: 0.4, max: 1, noNaN: true }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (events) => {
        const policy = new ProactivePolicy();
        const said = new Map<number, number>();
        let now = 0;
        for (const { label, id, wait, confidence } of events) {
          now += wait;
          const key = id * 10 + label.length;
          const replies = [
            policy.hearSound(sound(key, label, now - 0.4, now, { confidence }), at(now)),
            policy.tick(at(now)),
          ];
          for (const reply of replies) {
            if (!reply) continue;
            const before = said.get(reply.trigger.of);
            if (before !== undefined) expect(now - before).toBeGreaterThan(19);
            said.set(reply.trigger.of, now);
          }
        }
      }),
    );
  });
});
