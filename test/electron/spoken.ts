/** The sentence that is spoken into the microphone, and what the host says when it was heard. */
import type { DoorPush } from '#protocol';

export const SENTENCE = /not an ill.{0,12} young man/i;

export const isActivity =
  (activity: string) =>
  (push: DoorPush): boolean =>
    push.kind === 'state' && push.state.activity === activity;

export const isFinalSentence = (push: DoorPush): boolean =>
  push.kind === 'event' &&
  push.event.type === 'transcript' &&
  push.event.final &&
  SENTENCE.test(push.event.text);
