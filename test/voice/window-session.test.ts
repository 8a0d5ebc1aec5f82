import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoorPush, HostState } from '#protocol';
import { withVoices } from '../assistant/voices.ts';
import { makeDataFolder } from '../cli/earshot.ts';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder } from '../streams/data-folder.ts';
import { hasEspeak } from './room.ts';
import { openWindowSession, type WindowSessionOptions } from './room-session.ts';
import { bargeInSessions, judgeSession } from './session-cases.ts';

const dataFolder = findDataFolder();
const load = withVoices(createClipLoader(dataFolder ?? '.'));
let folder: Awaited<ReturnType<typeof makeDataFolder>> | undefined;

const missing =
  dataFolder === undefined
    ? 'the recordings are not here'
    : !hasEspeak() || process.platform !== 'linux'
      ? 'espeak-ng is not here'
      : undefined;
if (missing !== undefined)
  process.stdout.write(`A host that speaks for its window is not tested: ${missing}.\n`);

beforeAll(async () => {
  if (missing === undefined) folder = await makeDataFolder({ models: true });
}, 300_000);
afterAll(() => folder?.remove());

/** What a window is told of the voice, each time that it changes. */
type Told = Pick<HostState, 'speaks' | 'saying'>;

async function converse(index: number, options: Partial<WindowSessionOptions> = {}) {
  const chosen = bargeInSessions(dataFolder ?? '')[index];
  if (!chosen || !folder) throw new Error('there is no such case');
  const told: Told[] = [];
  const tell = (push: DoorPush): void => {
    if (push.kind !== 'state') return;
    const { speaks, saying } = push.state;
    const last = told.at(-1);
    if (last?.speaks !== speaks || last?.saying !== saying) told.push({ speaks, saying });
  };
  const verdict = await judgeSession(
    chosen,
    folder.path,
    load,
    openWindowSession({
      voice: { enabled: true },
      ...options,
      onPush: (push, host) => {
        tell(push);
        options.onPush?.(push, host);
      },
    }),
  );
  return { ...verdict, told };
}

/** The sound of a window's microphone, in the time of the stream; waits are for the inference process alone. */
describe.skipIf(missing !== undefined)('a host that speaks for its window', { timeout: 120_000 }, () => {
  it('stops within 300 ms of a voice, and says while it speaks which reply that is', async () => {
    const { stopsRight, stoppedAfterMs, lines, told, replies } = await converse(5);
    expect(stopsRight, `${stoppedAfterMs} ms`).toBe(true);
    expect(lines.join(' ')).toMatch(/^I want a light ro.* coffee/i);
    const id = replies.find(({ intent }) => intent === 'help')?.id;
    expect(id).toBeDefined();
    const host = told.filter(({ speaks }) => speaks !== undefined);
    expect(host.slice(0, 3)).toEqual([
      { speaks: 'host', saying: undefined },
      { speaks: 'host', saying: id },
      { speaks: 'host', saying: undefined },
    ]);
    expect(told.at(-1)).toEqual({ speaks: undefined, saying: undefined });
  });

  it('goes on while somebody coughs', async () => {
    const { lines, stopsRight } = await converse(12);
    expect({ lines, stopsRight }).toEqual({ lines: [], stopsRight: true });
  });

  it('is silent as soon as somebody presses the button', async () => {
    const { playedSeconds, told } = await converse(16, {
      onPush: (push, host) => {
        if (push.kind === 'state' && push.state.saying !== undefined) void host.ask('replies.stop', {});
      },
    });
    expect(playedSeconds).toBeLessThan(1);
    expect(told.filter(({ saying }) => saying !== undefined)).toHaveLength(1);
  });

  it('is silent as soon as nobody wants to hear it any more', async () => {
    const { playedSeconds, told } = await converse(16, {
      onPush: (push, host) => {
        if (push.kind === 'state' && push.state.saying !== undefined)
          void host.ask('settings.set', { settings: { voice: { enabled: false } } });
      },
    });
    expect(playedSeconds).toBeLessThan(1);
    expect(told.at(-1)).toEqual({ speaks: undefined, saying: undefined });
  });

  it('leaves the replies to a window that is somewhere else, and to one that is to speak', async () => {
    for (const options of [{ isHere: false }, { voice: { enabled: true, by: 'window' as const } }]) {
      const { playedSeconds, told, replies } = await converse(16, options);
      expect(replies.length).toBeGreaterThan(0);
      expect(playedSeconds).toBe(0);
      expect(told.map(({ speaks }) => speaks)).toContain('window');
      expect(told.map(({ speaks }) => speaks)).not.toContain('host');
    }
  });

  it('and its window are silent where nobody wants to hear a voice', async () => {
    const { playedSeconds, told, replies } = await converse(16, { voice: {} });
    expect(replies.length).toBeGreaterThan(0);
    expect(playedSeconds).toBe(0);
    expect(told.every(({ speaks }) => speaks === undefined)).toBe(true);
  });
});
