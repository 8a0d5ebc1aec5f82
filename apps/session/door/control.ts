import type { HostState } from '#protocol';
import type { ControlRequest } from '../control/message.ts';
import type { SessionHost } from './session-host.ts';

/** Does what a command in another process asks for. `start` and `stop` may be said twice; the state stays. */
export function obeyControl(host: SessionHost, { action }: ControlRequest): Promise<HostState> {
  const isActive = host.state.activity !== 'idle';
  if (action === 'toggle') return host.toggle();
  if (action === 'start' && !isActive) return host.ask('listen.start', {});
  if (action === 'stop' && isActive) return host.ask('listen.stop', {});
  return Promise.resolve(host.state);
}
