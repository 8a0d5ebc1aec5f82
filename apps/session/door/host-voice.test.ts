import { describe, expect, it } from 'vitest';
import { EarshotError, prosodyOf, settingsSchema, type Settings } from '#protocol';
import { HostVoice, type FindSpeaker, type HostSpeaker } from './host-voice.ts';

const NORMAL = prosodyOf('normal');

/** A voice that says each sentence until it is stopped, or at once. */
function speaker(options: { readonly lasts?: boolean; readonly breaks?: boolean } = {}) {
  const said: string[] = [];
  const voice: HostSpeaker = {
    name: 'a voice',
    voices: () => Promise.resolve([{ name: 'es', title: 'Spanish', language: 'es' }]),
    speak: (sentence, _prosody, signal, listener) => {
      if (options.breaks) return Promise.reject(new EarshotError('device-unavailable', 'No loudspeaker.'));
      said.push(sentence);
      listener?.started?.();
      if (!options.lasts) return Promise.resolve();
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
    duck: () => undefined,
    restore: () => undefined,
  };
  return { voice, said };
}

function open(find: FindSpeaker, voice: Partial<Settings['voice']> = { enabled: true }) {
  const application = { settings: settingsSchema.parse({ voice }) };
  let changes = 0;
  const host = new HostVoice({ application, find, changed: () => (changes += 1) });
  return {
    host,
    changes: () => changes,
    set: (wanted: Partial<Settings['voice']>) => {
      application.settings = settingsSchema.parse({ voice: wanted });
      host.settingsChanged();
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
const never = new AbortController().signal;

describe('who says the replies', () => {
  it('is the host from when its voice is found until nothing is listened to', async () => {
    const { host, changes } = open(() => Promise.resolve(speaker().voice));
    expect(host.speaks).toBeUndefined();
    host.begin(true);
    expect([host.speaks, host.silent]).toEqual([undefined, true]);
    await settled();
    expect([host.speaks, host.silent, changes()]).toEqual(['host', false, 1]);
    host.end();
    expect([host.speaks, host.silent]).toEqual([undefined, true]);
  });

  it('is the window where the host has no voice, is elsewhere, or is not wanted', async () => {
    const none = open(() => Promise.resolve(undefined));
    none.host.begin(true);
    const broken = open(() => Promise.reject(new Error('it cannot be asked')));
    broken.host.begin(true);
    const elsewhere = open(() => Promise.resolve(speaker().voice));
    elsewhere.host.begin(false);
    const unwanted = open(() => Promise.resolve(speaker().voice), { enabled: true, by: 'window' });
    unwanted.host.begin(true);
    await settled();
    for (const { host } of [none, broken, elsewhere, unwanted]) {
      expect([host.speaks, host.silent]).toEqual(['window', true]);
    }
  });

  it('is the window after the host’s voice has failed', async () => {
    const { host } = open(() => Promise.resolve(speaker({ breaks: true }).voice));
    host.begin(true);
    await settled();
    await expect(host.speak('Hello.', NORMAL, never)).rejects.toMatchObject({ code: 'device-unavailable' });
    expect(host.speaks).toBe('window');
  });

  it('changes with the settings, and what is being said stops', async () => {
    const { voice, said } = speaker({ lasts: true });
    const names: (string | undefined)[] = [];
    const { host, set } = open((name) => {
      names.push(name);
      return Promise.resolve(voice);
    });
    host.begin(true);
    await settled();
    const saying = host.speak('A long sentence.', NORMAL, never);
    set({ enabled: true, by: 'window' });
    await saying;
    expect(host.speaks).toBe('window');
    await host.speak('Not from here.', NORMAL, never);
    set({ enabled: true, name: 'es' });
    await settled();
    expect(host.speaks).toBe('host');
    set({});
    expect(host.speaks).toBeUndefined();
    expect([said, names]).toEqual([['A long sentence.'], [undefined, 'es']]);
  });
});

describe('the voice of the host', () => {
  it('is told with what else it can be called, and tried out', async () => {
    const { voice, said } = speaker();
    const { host } = open(() => Promise.resolve(voice), {});
    const told = await host.handlers['voice.describe']({}, 'window');
    expect(told).toEqual({
      program: 'a voice',
      voices: [{ name: 'es', title: 'Spanish', language: 'es' }],
    });
    await host.handlers['voice.try']({ text: 'The kettle is on.' }, 'window');
    expect(said).toEqual(['The kettle is on.']);
  });

  it('is told to be missing', async () => {
    const { host } = open(() => Promise.resolve(undefined), {});
    expect(await host.handlers['voice.describe']({}, 'window')).toEqual({ voices: [] });
    await expect(host.handlers['voice.try']({ text: 'Hello.' }, 'window')).rejects.toMatchObject({
      code: 'device-unavailable',
    });
  });
});
