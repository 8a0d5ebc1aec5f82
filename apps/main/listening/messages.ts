import type { Text } from '../strings.ts';
import type { SleepGuardOptions } from './sleep-guard.ts';

/** Something that Earshot tells about itself. */
export interface Message {
  readonly title: string;
  readonly body: string;
  /** Shown also in do-not-disturb: the person would otherwise believe something that is not so. */
  readonly essential: boolean;
}

/** The microphone went away; the window shows it too, but nobody may be looking. */
export function lostMessage(text: Text): Message {
  return {
    title: text('main.notification.lostTitle'),
    body: text('main.notification.lostBody'),
    essential: false,
  };
}

/** Listening could not begin. */
export function notListeningMessage(reason: string, text: Text): Message {
  return { title: text('main.notification.notListeningTitle'), body: reason, essential: true };
}

/** The window is closed and Earshot goes on. */
export function closedMessage(listening: boolean, text: Text): Message {
  return {
    title: text(`main.notification.${listening ? 'closedTitle' : 'closedIdleTitle'}`),
    body: text(`main.notification.${listening ? 'closedBody' : 'closedIdleBody'}`),
    essential: true,
  };
}

/** What became of listening after the computer slept. */
export function sleepMessage({ kind, reason }: Parameters<SleepGuardOptions['say']>[0], text: Text): Message {
  if (kind === 'resumed') {
    return {
      title: text('main.notification.resumedTitle'),
      body: text('main.notification.resumedBody'),
      essential: false,
    };
  }
  return {
    title: text('main.notification.needsClickTitle'),
    body: reason ?? text('main.notification.needsClickBody'),
    essential: true,
  };
}

/** Anything else that a person did and that did not work. */
export function plainMessage(words: string, text: Text): Message {
  return { title: text('main.app.name'), body: words, essential: true };
}
