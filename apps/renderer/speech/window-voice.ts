import {
  EchoGuard,
  prosodyOf,
  SpeechOutput,
  type Door,
  type EarshotEvent,
  type EventOf,
  type Settings,
  type SpeechAction,
} from '#protocol';

/** What a window needs to speak; a browser's own in real life. */
export interface WindowVoiceOptions {
  readonly door: Pick<Door, 'onPush' | 'ask'>;
  readonly synthesis: Pick<SpeechSynthesis, 'speak' | 'cancel' | 'pause' | 'resume' | 'getVoices'>;
  utterance(sentence: string): SpeechSynthesisUtterance;
  /** Speed and name of the voice, as they are now. */
  settings(): Settings | undefined;
  /** Whether it is the window that speaks: the host may have a voice of its own, and nobody may want to hear one. */
  isWanted(): boolean;
  /** Another reply is being said now; undefined: none is. */
  saying(replyId: number | undefined): void;
  nowMs(): number;
}

/**
 * Speaks the replies of a session through Web Speech, sentence by sentence. It hears the person by the words and sounds
 * that the session sends: Web Speech gives nobody its sound, so that the quicker way of the command is closed to it.
 */
export class WindowVoice {
  readonly #options: WindowVoiceOptions;
  #output = new SpeechOutput();
  #guard = new EchoGuard({ hearsVoices: false });
  readonly #unsubscribe: () => void;
  /** Stream time that was heard of last, and when. */
  #position = { seconds: 0, atMs: 0 };
  #current: SpeechSynthesisUtterance | undefined;
  #told: number | undefined;

  constructor(options: WindowVoiceOptions) {
    this.#options = options;
    this.#unsubscribe = options.door.onPush((push) => {
      if (push.kind === 'event') this.#hear(push.event);
      else if (push.kind === 'state' && !options.isWanted()) this.silence();
    });
  }

  /** Stops what is being said. */
  silence(): void {
    this.#do(this.#output.silence());
  }

  dispose(): void {
    this.#unsubscribe();
    this.silence();
  }

  #hear(event: EarshotEvent): void {
    switch (event.type) {
      case 'decision':
        this.#position = { seconds: event.t, atMs: this.#options.nowMs() };
        // Time passes with every decision, also for a stop that nobody's words followed.
        return this.#do(this.#output.heard('none', this.#options.nowMs()));
      case 'reply':
        return this.#say(event);
      case 'transcript': {
        const words = this.#guard.filter(event)?.text.trim() ?? '';
        const since = this.#guard.speakingSince(Infinity);
        if (words !== '' && event.end > since) this.#do(this.#output.heardWords(this.#options.nowMs()));
        return;
      }
      case 'sound':
        return this.#do(this.#output.heardSound());
      case 'ready':
      case 'end':
        return this.#forgetSession();
      default:
        return;
    }
  }

  /** The ids of replies and the time of the stream begin anew with each session, and one that fails has no end. */
  #forgetSession(): void {
    this.silence();
    this.#output = new SpeechOutput();
    this.#guard = new EchoGuard({ hearsVoices: false });
  }

  #say(event: EventOf<'reply'>): void {
    if (!this.#options.isWanted() || event.aloud === false) return;
    this.#do(this.#output.take(event));
  }

  #do(actions: readonly SpeechAction[]): void {
    const { synthesis } = this.#options;
    for (const action of actions) {
      if (action.kind === 'speak') this.#speak(action.sentence);
      else if (action.kind === 'duck') synthesis.pause();
      else if (action.kind === 'restore') synthesis.resume();
      else {
        const stopped = this.#current?.text;
        this.#current = undefined;
        synthesis.cancel();
        if (stopped !== undefined) this.#silent(stopped);
      }
    }
    this.#tellSaying();
  }

  #tellSaying(): void {
    const { saying } = this.#output;
    if (saying === this.#told) return;
    this.#told = saying;
    this.#options.saying(saying);
  }

  #speak(sentence: string): void {
    const { synthesis, utterance, settings } = this.#options;
    const voice = settings()?.voice;
    const spoken = utterance(sentence);
    const { rate, pitch } = prosodyOf(this.#output.reply?.emotion, voice?.ratePercent);
    spoken.rate = rate;
    spoken.pitch = pitch;
    const named = synthesis.getVoices().find(({ name }) => name === voice?.name);
    if (named) spoken.voice = named;
    const ended = (): void => {
      // A sentence that was cancelled tells of its end too, after the next one has begun.
      if (this.#current !== spoken) return;
      this.#current = undefined;
      this.#silent(sentence);
      this.#do(this.#output.sentenceSaid());
    };
    spoken.onstart = () => {
      if (this.#current !== spoken) return;
      this.#guard.begin(sentence, this.#streamSeconds());
      this.#tell(sentence, true);
    };
    spoken.onend = ended;
    spoken.onerror = ended;
    this.#current = spoken;
    synthesis.speak(spoken);
  }

  /** A sentence can no longer be heard. */
  #silent(sentence: string): void {
    this.#guard.end(this.#streamSeconds());
    this.#tell(sentence, false);
  }

  /** The session keeps what is said here out of what it hears; a host that is gone hears nothing. */
  #tell(sentence: string, speaking: boolean): void {
    this.#options.door.ask('replies.spoken', { sentence, speaking }).catch(() => undefined);
  }

  #streamSeconds(): number {
    return this.#position.seconds + (this.#options.nowMs() - this.#position.atMs) / 1000;
  }
}
