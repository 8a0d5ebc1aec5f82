import { SAMPLE_RATE_HZ, settingsSchema, type DoorPush, type EarshotEvent, type Settings } from '#protocol';
import { Application, createSessionHost, PushSource, type InferenceHost, type SessionHost } from '#session';
import { TEST_HOST_INFO } from '../../apps/session/testing/host-fixture.ts';
import type { Loudspeaker } from './loudspeaker.ts';

/** What a session in a made room is opened with. */
export interface SessionParts {
  /** Models and settings. */
  readonly dataDir: string;
  readonly host: InferenceHost;
  /** The time of the stream. */
  readonly nowMs: () => number;
  readonly speaker: Loudspeaker;
}

/** A session that hears what is pushed. */
export interface RoomSession {
  /** 20 ms of the microphone, 16 kHz mono. */
  push(block: Float32Array): void;
  /** Settles what was heard; gives everything that was said of it. */
  end(): Promise<readonly EarshotEvent[]>;
}

/** Opens a session and waits until it listens. */
export type OpenSession = (parts: SessionParts) => Promise<RoomSession>;

/** A run as the command makes one. */
export const openRun: OpenSession = async ({ dataDir, host, nowMs, speaker }) => {
  const source = new PushSource({
    label: 'a made room',
    sampleRateHz: SAMPLE_RATE_HZ,
    clock: { now: nowMs, sleep: () => Promise.resolve() },
  });
  const application = await Application.open({ dataDir, host, now: nowMs });
  const events: EarshotEvent[] = [];
  let setReady = (): void => undefined;
  const ready = new Promise<void>((fulfil) => (setReady = fulfil));
  const run = application.listen({
    source,
    speaker,
    keep: false,
    sync: true,
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'ready') setReady();
    },
  });
  await Promise.race([ready, run.done]);
  return {
    push: (block) => source.push(block),
    end: async () => {
      source.end();
      await run.done;
      await application.close();
      return events;
    },
  };
};

export interface WindowSessionOptions {
  readonly voice: Partial<Settings['voice']>;
  /** Whether the window is shown by the host's own machine. */
  readonly isHere?: boolean;
  /** Everything that the host tells its windows. */
  onPush(push: DoorPush, host: SessionHost): void;
}

/** A session of a window that sends its microphone to its host. */
export function openWindowSession({ voice, isHere = true, onPush }: WindowSessionOptions): OpenSession {
  return async ({ dataDir, host: inference, nowMs, speaker }) => {
    const application = await Application.open({ dataDir, host: inference, now: nowMs });
    await application.changeSettings(settingsSchema.parse({ voice }));
    const host = createSessionHost({
      application,
      info: TEST_HOST_INFO,
      // Only what waits for a window that has gone away sleeps.
      clock: { now: nowMs, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
      findSpeaker: () => Promise.resolve(speaker),
      isHere: () => isHere,
    });
    const events: EarshotEvent[] = [];
    let setIdle = (): void => undefined;
    const idle = new Promise<void>((fulfil) => (setIdle = fulfil));
    const ready = new Promise<void>((fulfil) =>
      host.onPush((push) => {
        if (push.kind === 'event') events.push(push.event);
        if (push.kind === 'state' && push.state.activity === 'listening') fulfil();
        if (push.kind === 'state' && push.state.activity === 'idle') setIdle();
        onPush(push, host);
      }),
    );
    const source = { kind: 'window', label: 'a made room', sampleRateHz: SAMPLE_RATE_HZ } as const;
    await host.ask('listen.start', { source });
    await ready;
    return {
      push: (block) => host.pushAudio(block),
      end: async () => {
        await host.ask('listen.stop', {});
        await idle;
        await host.dispose();
        await application.close();
        return events;
      },
    };
  };
}
