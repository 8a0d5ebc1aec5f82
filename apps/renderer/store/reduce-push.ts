import { chunkEndSeconds, type DoorPush, type EarshotEvent, type HostState } from '#protocol';
import { EMPTY_VIEW, type AppState, type SessionView } from './app-state.ts';
import { EMPTY_PULSE, withDecision, withLevel } from './pulse.ts';
import { applyEvents } from './timeline.ts';

/** Below this peak nothing at all arrives: a switch is off, not a room that is quiet. */
const DEAD_PEAK = 1e-5;

/** The state after the host has said something. Pure: time comes in. */
export function reducePush(state: AppState, push: DoorPush, nowMs: number): AppState {
  switch (push.kind) {
    case 'event':
      return reduceEvent(state, push.event, push.sessionId);
    case 'state':
      return reduceHostState(state, push.state);
    case 'level':
      return {
        ...state,
        level: push.peak,
        pulse: withLevel(state.pulse, push.peak),
        silentSinceMs: push.peak > DEAD_PEAK ? undefined : (state.silentSinceMs ?? nowMs),
      };
    case 'model':
      return { ...state, models: upsert(state.models, push.model, (model) => model.name) };
    case 'import':
      return { ...state, imports: upsert(state.imports, push.import, ({ id }) => id) };
    case 'settings':
      return { ...state, settings: push.settings };
    case 'info':
      return { ...state, info: push.info };
    case 'sessions-changed':
      return state;
  }
}

/** A new session begins on an empty page; everything else the host does leaves the page as it is. */
export function reduceHostState(state: AppState, host: HostState): AppState {
  const begins = host.sessionId !== undefined && host.sessionId !== state.live.sessionId;
  const silent = host.activity === 'listening' ? state.silentSinceMs : undefined;
  if (!begins) return { ...state, host, silentSinceMs: silent };
  return {
    ...state,
    host,
    live: { ...EMPTY_VIEW, sessionId: host.sessionId },
    pulse: EMPTY_PULSE,
    silentSinceMs: undefined,
    diskFull: undefined,
  };
}

function reduceEvent(state: AppState, event: EarshotEvent, sessionId: number | undefined): AppState {
  const isLive = sessionId === undefined || sessionId === state.live.sessionId;
  if (!isLive) {
    if (state.opened?.sessionId !== sessionId) return state;
    return { ...state, opened: withEvents(state.opened, [event]) };
  }
  if (event.type === 'decision') {
    return { ...state, pulse: withDecision(state.pulse, event) };
  }
  const diskFull = event.type === 'error' && event.code === 'disk-full' ? event.message : state.diskFull;
  const lastChunk = state.pulse.cells.at(-1)?.chunk;
  const nowSeconds = lastChunk === undefined ? 0 : chunkEndSeconds(lastChunk);
  return { ...state, diskFull, live: withEvents(state.live, [event], nowSeconds) };
}

export function withEvents<View extends SessionView>(
  view: View,
  events: readonly EarshotEvent[],
  nowSeconds = 0,
): View {
  const timeline = applyEvents(view.timeline, events, nowSeconds);
  return timeline === view.timeline ? view : { ...view, timeline };
}

function upsert<Item>(
  items: readonly Item[],
  next: Item,
  keyOf: (item: Item) => string | number,
): readonly Item[] {
  const index = items.findIndex((item) => keyOf(item) === keyOf(next));
  return index < 0 ? [...items, next] : items.with(index, next);
}
