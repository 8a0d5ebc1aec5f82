import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prosodyOf } from '#protocol';
import { SystemSpeaker, VoiceOut } from '#session';
import { voicePrograms } from '../../apps/session/voice/voice-program.ts';
import { hasEspeak } from './room.ts';

/** A player that keeps what it is given, in real time, in place of a loudspeaker. */
let folder: string;
let kept: string;
const player = () => ({ command: join(folder, 'player.sh'), arguments: () => [kept] });
const rendering = () => {
  const [program] = voicePrograms('linux', true);
  if (!program) throw new Error('no program');
  return program;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-voice-'));
  kept = join(folder, 'kept.pcm');
  writeFileSync(join(folder, 'player.sh'), '#!/bin/sh\nexec cat > "$1"\n', { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasEspeak() || process.platform !== 'linux')('a voice of the system', () => {
  it('is played in its own time, softer while ducked, and known to the echo', async () => {
    const speaker = new SystemSpeaker(rendering(), { player: player() });
    let samples = 0;
    let rate = 0;
    const startedAt = performance.now();
    await speaker.speak('The kettle is on.', prosodyOf('normal'), new AbortController().signal, {
      played: (block, sampleRateHz) => {
        samples += block.length;
        rate = sampleRateHz;
        if (samples > sampleRateHz / 2) speaker.duck();
      },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    await speaker.release();
    const bytes = readFileSync(kept);
    expect(bytes.length).toBe(samples * 2);
    expect(seconds).toBeGreaterThan(samples / rate - 0.1);
    const peak = (from: number, to: number) => {
      let most = 0;
      for (let index = from; index + 1 < to; index += 2)
        most = Math.max(most, Math.abs(bytes.readInt16LE(index)));
      return most;
    };
    expect(peak(rate + 2000 - (rate % 2), bytes.length)).toBeLessThan(peak(0, rate) * 0.5);
  });

  it('plays less than 100 ms more once it is stopped', async () => {
    const speaker = new SystemSpeaker(rendering(), { player: player() });
    const stop = new AbortController();
    let seconds = 0;
    let stoppedAtSeconds = Infinity;
    const text = 'One two three four five six seven eight nine ten.';
    await speaker.speak(text, prosodyOf('normal'), stop.signal, {
      played: (block, sampleRateHz) => {
        seconds += block.length / sampleRateHz;
        if (seconds < 0.4 || stop.signal.aborted) return;
        stoppedAtSeconds = seconds;
        stop.abort();
      },
    });
    expect(seconds - stoppedAtSeconds).toBeLessThan(0.1);
  });

  it('opens one player for the sentences of a reply, and another once it was let go', async () => {
    const speaker = new SystemSpeaker(rendering(), { player: player() });
    let opened = 0;
    let samples = 0;
    const say = (sentence: string): Promise<void> =>
      speaker.speak(sentence, prosodyOf('normal'), new AbortController().signal, {
        opened: () => (opened += 1),
        played: (block) => (samples += block.length),
      });
    await say('One.');
    await say('Two.');
    expect(opened).toBe(1);
    await speaker.release();
    // Between the sentences it was given silence, and was told of it.
    expect(readFileSync(kept).length).toBe(samples * 2);
    await say('Three.');
    await speaker.release();
    expect(opened).toBe(2);
  });

  it.each(['exit 1', 'head -c 8000 > /dev/null'])(
    'says that a player that ends by itself (%s) cannot play',
    async (script) => {
      const command = join(folder, 'broken.sh');
      writeFileSync(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      const speaker = new SystemSpeaker(rendering(), { player: { command, arguments: () => [] } });
      const said = speaker.speak('One two three.', prosodyOf('normal'), new AbortController().signal);
      await expect(said).rejects.toMatchObject({ code: 'device-unavailable', retryable: true });
    },
  );

  it('lets go of a player that does not end', async () => {
    const command = join(folder, 'stuck.sh');
    writeFileSync(command, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    const speaker = new SystemSpeaker(rendering(), { player: { command, arguments: () => [] } });
    await speaker.speak('One.', prosodyOf('normal'), new AbortController().signal);
    await speaker.release();
  });

  it('says a reply sentence by sentence while it is still being written', async () => {
    const said: string[] = [];
    const speaker = new SystemSpeaker(rendering(), { player: player() });
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    const voice = new VoiceOut({
      streamSeconds: seconds,
      now: () => performance.now(),
      speaker: {
        name: 'test',
        speak: (sentence, ...rest) => {
          said.push(sentence);
          return speaker.speak(sentence, ...rest);
        },
        duck: () => speaker.duck(),
        restore: () => speaker.restore(),
      },
    });
    const reply = { type: 'reply', id: 1, t: 0, trigger: { kind: 'timer' }, latencyMs: 1 } as const;
    voice.reply({ ...reply, text: 'Hello. It', final: false });
    voice.reply({ ...reply, text: 'Hello. It is on.', final: true });
    await expect.poll(() => voice.speaking, { timeout: 10_000 }).toBe(false);
    expect(said).toEqual(['Hello.', 'It is on.']);
    const own = {
      type: 'transcript',
      id: 1,
      start: 0.1,
      end: seconds() - 0.1,
      text: 'Hello it is on',
      final: true,
      language: 'en',
      latencyMs: 1,
    } as const;
    expect(voice.admit(own)).toMatchObject({ text: '' });
    await voice.close();
  });
});
