import { EarshotError, type DoorMethod, type DoorParams, type DoorPush, type DoorResult } from '#protocol';
import type { Connection } from '../store/app-state.ts';
import type { ObservedDoor } from './observed-door.ts';

/** Answers by method: the answer itself, or what makes one of the question. */
export type Answers = {
  readonly [Method in DoorMethod]?:
    DoorResult<Method> | ((params: DoorParams<Method>) => DoorResult<Method> | Promise<DoorResult<Method>>);
};

/** A host as plain data: what it answers, and what it says by itself. */
export interface Script {
  readonly connection: Connection;
  readonly answers: Answers;
  /** Said, in order, once everything has been asked that a fresh window asks. */
  readonly pushes: readonly DoorPush[];
}

export interface ScriptedDoor extends ObservedDoor {
  /** Says something more; for scenes that go on. */
  say(push: DoorPush): void;
  /** Says everything the script has to say. */
  perform(): void;
}

/** A door with a script behind it: for development, screenshots and tests of states. Never part of the product. */
export function openScriptedDoor(script: Script): ScriptedDoor {
  const listeners = new Set<(push: DoorPush) => void>();
  const say = (push: DoorPush) => {
    for (const listener of listeners) listener(push);
  };
  return {
    ask: async <Method extends DoorMethod>(
      method: Method,
      params: DoorParams<Method>,
    ): Promise<DoorResult<Method>> => {
      const answer: unknown = script.answers[method];
      if (answer === undefined) throw new EarshotError('not-found', `The script has no answer to ${method}.`);
      // The table ties each answer to its method; indexed by a type parameter the compiler loses sight of that.
      return (typeof answer === 'function' ? await answer(params) : answer) as DoorResult<Method>;
    },
    onPush: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    sendAudio: () => undefined,
    onConnection: (listener) => {
      listener(script.connection);
      return () => undefined;
    },
    say,
    perform: () => script.pushes.forEach(say),
  };
}
