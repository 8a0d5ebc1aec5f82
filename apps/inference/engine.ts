import type {
  AudioChunk,
  EarshotError,
  EarshotEvent,
  EngineName,
  Lane,
  Pace,
  ResumePoint,
  SoundClasses,
  SpokenTo,
  TraceEvent,
  TranslationOptions,
  UnifiedOptions,
} from '#protocol';

/** What a lane chose for one chunk, and why in a few words. */
export interface Decision {
  readonly decision: 'silent' | 'respond';
  readonly reason: string;
  /** It was not heard: the lane was too far behind a source that does not wait. */
  readonly leftOut?: true;
}

/** What perceiving one chunk gives to every lane; engines add their own fields. */
export interface Percept {
  readonly sequence: number;
  /** First sample of the chunk in stream time. */
  readonly startSample: number;
  /** One past the last sample that was really heard. */
  readonly endSample: number;
  /** Wall time (ms since the epoch) at which the last sample arrived. */
  readonly arrivedAtMs: number;
  /** Milliseconds of computation that perceiving took. */
  readonly computeMs: number;
}

/** A piece of a response: an event that is ready to be sent. */
export type Piece = Extract<EarshotEvent, { type: 'transcript' | 'translation' | 'sound' | 'reply' }>;

/** How a chunk is perceived. */
export interface PerceiveContext {
  /** Younger chunks that have come already. */
  readonly waiting: number;
}

/** How a lane is asked to decide. */
export interface DecideContext {
  /** False when younger percepts wait already: a tentative answer would be out of date at once. */
  readonly newest: boolean;
  /** Younger chunks that have come already, perceived or not. */
  readonly waiting: number;
}

/** One lane of an open engine: an instruction with its own decisions and its own answers. */
export interface LaneSession<P extends Percept = Percept> {
  /** Choose for one percept; called once for each, in order. Must not block; a model that decides answers later. */
  decide(percept: P, context: DecideContext): Decision | Promise<Decision>;
  /** Say it: follows a `respond` decision. Stops before the next piece once `signal` is aborted; nothing heard is lost. */
  respond(signal: AbortSignal): AsyncIterable<Piece>;
  /** The stream is over: say what is still owed. */
  finish(signal: AbortSignal): AsyncIterable<Piece>;
  /** Audio before this sample will not be needed again, not even after a crash. */
  readonly settledSample: number;
  /** Milliseconds of computation spent on deciding and responding so far. */
  readonly computeMs: number;
}

/** What an engine needs to open a stream. */
export interface EngineOptions {
  /** Verified model package folders by package name. */
  readonly models: Readonly<Record<string, string>>;
  readonly lanes: readonly Lane[];
  readonly pace: Pace;
  /** The source does not wait: sound that is not heard in time piles up. */
  readonly live?: boolean;
  readonly resume?: ResumePoint;
  /** What the person chose for labels of sound. */
  readonly sounds?: SoundClasses;
  /** Milliseconds since the epoch; injected so that latencies can be tested. */
  readonly now: () => number;
  /** Takes what a model computed at each step, when somebody wants to see it. */
  readonly trace?: (event: TraceEvent) => void;
  /** Takes what does not work as it was asked for, where another way was found. */
  readonly warn?: (error: EarshotError) => void;
  /** Into which language, and how; without it the translate lane stays silent. */
  readonly translation?: TranslationOptions;
  /** Somebody answers to a name: it is listened for. */
  readonly spokenTo?: SpokenTo;
  /** Choices of the unified engine. */
  readonly unified?: UnifiedOptions;
}

/** An engine with its models loaded and a stream begun. */
export interface EngineSession<P extends Percept = Percept> {
  /** Encode one chunk: bounded time, called once a chunk, in order, never while a previous call runs. */
  perceive(chunk: AudioChunk, context: PerceiveContext): Promise<P>;
  lane(lane: Lane): LaneSession<P>;
  close(): Promise<void>;
}

/** Something that can hear a stream and decide in lanes. */
export interface Engine<P extends Percept = Percept> {
  readonly name: EngineName;
  /** The lanes that this engine can serve. */
  readonly lanes: readonly Lane[];
  /** @throws EarshotError `model-missing` or `engine-failed`. */
  open(options: EngineOptions): Promise<EngineSession<P>>;
}
