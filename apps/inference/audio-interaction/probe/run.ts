import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { providerProbeSchema, type ExecutionProvider, type ProviderProbe } from '#protocol';
import type { CacheType } from '../model/kv-cache.ts';

/** A driver compiles its shaders at first use; longer than this and it hangs. */
const TIMEOUT_MS = 120_000;

/**
 * Tries a provider in a process of its own; whatever happens to that process is an answer.
 * @param cache - how the session will keep its past: a graphics adapter may lack numbers of 16 bits.
 */
export function probeProvider(
  script: URL,
  folder: string,
  provider: ExecutionProvider,
  cache: CacheType = 'float32',
): Promise<ProviderProbe> {
  return new Promise((resolve) => {
    const args = [fileURLToPath(script), folder, provider, cache];
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    execFile(process.execPath, args, { timeout: TIMEOUT_MS, env }, (error, stdout) => {
      // An answer counts however its process ended: some drivers fall over only while they are put away.
      const line = stdout.trim().split('\n').at(-1) ?? '';
      resolve(parseProbe(line) ?? { ok: false, reason: endOf(error) });
    });
  });
}

function parseProbe(line: string): ProviderProbe | undefined {
  try {
    return providerProbeSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function endOf(error: { code?: unknown; signal?: unknown; killed?: unknown } | null): string {
  if (error?.killed === true) return `it gives no answer within ${TIMEOUT_MS / 1000} s. Update its driver.`;
  const how = String(error?.signal ?? error?.code ?? 'no answer');
  return `it ends its process (${how}). Update its driver.`;
}
