import type { Lane, SourceChoice } from '#protocol';
import type { ObservedDoor } from '../door/observed-door.ts';
import { captureProblem, type Capture, type CaptureKind, type OpenCapture } from '../microphone/capture.ts';
import { isListening } from '../store/app-state.ts';
import type { AppStore } from '../store/app-store.ts';
import { problemOf } from '../store/problem.ts';
import { reduceHostState } from '../store/reduce-push.ts';

/** What a person can choose to listen to: the host's own microphone, or what this window captures. */
export type SourceKind = 'host-microphone' | CaptureKind;

export interface ListeningContext {
  readonly door: ObservedDoor;
  readonly store: AppStore;
  readonly openCapture: OpenCapture;
}

/** Starting, stopping and steering what is heard. Owns the window's own capture while there is one. */
export function listeningActions({ door, store, openCapture }: ListeningContext) {
  let capture: Capture | undefined;
  let busy = false;

  const stopCapture = () => {
    capture?.stop();
    capture = undefined;
  };

  /** Opens the window's own capture; undefined, with the reason shown, where that fails. */
  const capturedSource = async (kind: CaptureKind): Promise<SourceChoice | undefined> => {
    try {
      stopCapture();
      capture = await openCapture(
        kind,
        (samples) => door.sendAudio(samples),
        () => void stop(),
      );
      const { label, sampleRateHz, apart } = capture;
      return { kind: 'window', label, sampleRateHz, ...(apart && { apart }) };
    } catch (error) {
      store.setState({ captureProblem: captureProblem(error) });
      return undefined;
    }
  };

  const start = async (chosen?: SourceKind): Promise<void> => {
    const { info, settings, host } = store.getState();
    if (busy || isListening(host) || info?.abilities.control === false) return;
    busy = true;
    store.setState({ captureProblem: undefined });
    const kind = chosen ?? (info?.abilities.nativeMicrophone === false ? 'microphone' : 'host-microphone');
    const name = settings?.microphone;
    const source: SourceChoice | undefined =
      kind === 'host-microphone'
        ? { kind: 'microphone', ...(name === undefined ? {} : { name }) }
        : await capturedSource(kind);
    try {
      if (!source) return;
      const next = await door.ask('listen.start', { source });
      store.setState((state) => reduceHostState(state, next));
    } catch (error) {
      stopCapture();
      const problem = { ...problemOf(error), retryable: true };
      store.setState((state) => ({
        host: { ...state.host, problem: { ...problem, code: hostCode(problem.code) } },
      }));
    } finally {
      busy = false;
    }
  };

  const stop = async (): Promise<void> => {
    stopCapture();
    try {
      const next = await door.ask('listen.stop', {});
      store.setState((state) => reduceHostState(state, next));
    } catch {
      // The host is away and says its own state when it is back.
    }
  };

  return {
    start,
    stop,
    toggle: () => (isListening(store.getState().host) ? stop() : start()),
    setLanes: async (lanes: readonly Lane[]): Promise<void> => {
      if (!isListening(store.getState().host) || lanes.length === 0) return;
      const next = await door.ask('listen.lanes', { lanes: [...lanes] });
      store.setState((state) => reduceHostState(state, next));
    },
    /** Cuts off the reply that is being given or said aloud. */
    stopReply: async (): Promise<void> => {
      store.setState({ saying: undefined });
      try {
        await door.ask('replies.stop', {});
      } catch {
        // The host is away, and with it the reply.
      }
    },
    /** The host has stopped by itself: nothing needs this window's microphone any more. */
    releaseCapture: () => {
      if (!busy) stopCapture();
    },
  };
}

function hostCode(code: ReturnType<typeof problemOf>['code']) {
  return code === 'microphone-denied' || code === 'microphone-missing' ? 'device-unavailable' : code;
}
