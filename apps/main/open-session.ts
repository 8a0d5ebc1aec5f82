import type { Settings } from '#protocol';
import { openApplication } from '#session';
import { ElectronInferenceHost } from './inference-host.ts';
import type { SessionPort } from './session-port.ts';

export interface OpenSessionOptions {
  readonly dataDir: string | undefined;
  readonly inferencePath: string;
  readonly capturePath: string;
  readonly version: string;
  /** Somebody asks from a terminal to start or stop. */
  onToggle(): Promise<void>;
  onShow(): void;
}

export async function openSession(
  options: OpenSessionOptions,
): Promise<{ port: SessionPort; settings: Settings }> {
  const application = await openApplication({
    dataDir: options.dataDir,
    host: new ElectronInferenceHost(options.inferencePath),
  });
  const port: SessionPort = {
    ask: () => Promise.reject(new Error('the session host has not landed')),
    onPush: () => () => undefined,
    pushAudio: () => undefined,
    toggle: () => Promise.reject(new Error('the session host has not landed')),
    dispose: () => application.close(),
  };
  return { port, settings: application.settings };
}
