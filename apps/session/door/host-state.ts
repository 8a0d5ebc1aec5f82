import type { EarshotEvent, HostState, Lane } from '#protocol';

/** What is heard live, and what stands in the way. Two troubles may come at once; each goes by its own sign. */
export interface ListeningState {
  readonly phase: 'idle' | 'starting' | 'listening' | 'finishing';
  /** The inference process died; it is back when it decides again. */
  readonly isWorkerDown: boolean;
  readonly isSourceLost: boolean;
  readonly lanes: readonly Lane[];
  readonly sessionId?: number | undefined;
  readonly sourceLabel?: string | undefined;
  readonly startedAtMs?: number | undefined;
  readonly problem?: HostState['problem'];
}

export type ListeningAction =
  | { readonly type: 'start'; readonly sourceLabel?: string | undefined; readonly lanes: readonly Lane[] }
  /** The source is open, or another device took its place. */
  | { readonly type: 'source'; readonly label: string }
  | { readonly type: 'event'; readonly event: EarshotEvent; readonly atMs: number }
  /** The session has its number in the timeline. */
  | { readonly type: 'session'; readonly id: number }
  | { readonly type: 'lanes'; readonly lanes: readonly Lane[] }
  | { readonly type: 'finish' }
  | { readonly type: 'ended'; readonly problem?: HostState['problem'] };

/** Nothing is heard; `lanes` will be on when listening begins. */
export function idleState(lanes: readonly Lane[], problem?: HostState['problem']): ListeningState {
  return { phase: 'idle', isWorkerDown: false, isSourceLost: false, lanes, problem };
}

/** The next state; the same object when nothing changes. Pure. */
export function reduceListening(state: ListeningState, action: ListeningAction): ListeningState {
  if (action.type === 'lanes') return { ...state, lanes: action.lanes };
  if (action.type === 'start') {
    if (state.phase !== 'idle') return state;
    return { ...idleState(action.lanes), phase: 'starting', sourceLabel: action.sourceLabel };
  }
  if (state.phase === 'idle') return state;
  switch (action.type) {
    case 'source':
      return state.sourceLabel === action.label ? state : { ...state, sourceLabel: action.label };
    case 'session':
      return state.sessionId === action.id ? state : { ...state, sessionId: action.id };
    case 'event':
      return reduceEvent(state, action.event, action.atMs);
    case 'finish':
      return { ...state, phase: 'finishing' };
    case 'ended':
      return idleState(state.lanes, action.problem);
  }
}

function reduceEvent(state: ListeningState, event: EarshotEvent, atMs: number): ListeningState {
  switch (event.type) {
    case 'ready':
      if (state.phase !== 'starting') return state;
      return { ...state, phase: 'listening', lanes: event.lanes, startedAtMs: atMs };
    case 'decision':
    case 'transcript':
      return state.isWorkerDown ? { ...state, isWorkerDown: false } : state;
    case 'error':
      if (event.code === 'worker-crashed') return { ...state, isWorkerDown: true };
      if (event.code === 'source-lost') return { ...state, isSourceLost: true };
      if (event.code === 'source-recovered') return { ...state, isSourceLost: false };
      return state;
    default:
      return state;
  }
}

/** What windows are told. A lost source goes before a restart: only there can a person help. */
export function toHostState(state: ListeningState): HostState {
  const { phase, lanes, sessionId, sourceLabel, startedAtMs, problem } = state;
  return {
    activity: phase === 'listening' ? listeningActivity(state) : phase,
    lanes: [...lanes],
    ...(sessionId !== undefined && { sessionId }),
    ...(sourceLabel !== undefined && { sourceLabel }),
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(problem !== undefined && { problem }),
  };
}

function listeningActivity({ isSourceLost, isWorkerDown }: ListeningState): HostState['activity'] {
  if (isSourceLost) return 'source-lost';
  return isWorkerDown ? 'restarting' : 'listening';
}
