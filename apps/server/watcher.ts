import {
  EarshotError,
  doorRequestSchema,
  type DoorMethod,
  type DoorPush,
  type DoorResponse,
  type HostInfo,
} from '#protocol';
import type { SessionHost } from '#session';

/** What a browser that only watches is told of the host. */
export function watcherInfo(info: HostInfo): HostInfo {
  const abilities = { ...info.abilities, nativeMicrophone: false, control: false };
  return { ...info, abilities, notices: [] };
}

/** A display in a room shows what is said now. What was said before, devices and settings of paths are not its business. */
export function isForWatchers(push: DoorPush): boolean {
  return push.kind === 'event' || push.kind === 'state' || push.kind === 'level' || push.kind === 'settings';
}

/** Asked as they are. */
const ALLOWED: ReadonlySet<DoorMethod> = new Set(['host.state', 'settings.get', 'models.list']);
/** Answered with an empty list: a window asks for them when it opens. */
const EMPTY: ReadonlySet<DoorMethod> = new Set([
  'sessions.search',
  'sessions.recoverable',
  'imports.list',
  'devices.list',
]);

/** Answers a browser that may only watch: the session that is heard now, and nothing else. */
export async function answerWatcher(host: SessionHost, request: unknown): Promise<DoorResponse> {
  const parsed = doorRequestSchema.safeParse(request);
  if (!parsed.success) return host.handle(request);
  const { id, method } = parsed.data;
  const name = method as DoorMethod;
  if (ALLOWED.has(name)) return host.handle(request);
  if (EMPTY.has(name)) return { id, ok: true, result: [] };
  const { sessionId } = host.state;
  if (name === 'host.info') return { id, ok: true, result: watcherInfo(host.info) };
  if (name === 'sessions.list') {
    if (sessionId === undefined) return { id, ok: true, result: [] };
    const { session } = await host.ask('sessions.get', { id: sessionId });
    return { id, ok: true, result: [session] };
  }
  if (name === 'sessions.get' && isAbout(parsed.data.params, sessionId)) return host.handle(request);
  const { code, message, retryable } = new EarshotError(
    'bad-usage',
    'This browser may only watch. Open the other address that the terminal shows to do more.',
  );
  return { id, ok: false, error: { code, message, retryable } };
}

function isAbout(params: unknown, sessionId: number | undefined): boolean {
  return (
    sessionId !== undefined &&
    typeof params === 'object' &&
    params !== null &&
    Reflect.get(params, 'id') === sessionId
  );
}
