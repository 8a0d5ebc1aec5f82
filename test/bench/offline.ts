import { openOfflineTranscriber, type OfflineTranscriber } from '#inference';
import { ModelStore, modelsForEngine } from '#session';
export type { OfflineTranscriber };
import type { BenchContext } from './bench-context.ts';

/** Opens the offline pass of the model that the streaming path uses; undefined when it is not wanted. */
export async function openOffline(context: BenchContext): Promise<OfflineTranscriber | undefined> {
  if (!context.offline) return undefined;
  const models = await new ModelStore({ folder: `${context.dataDir}/models` }).ensure(
    modelsForEngine('embedded'),
  );
  return openOfflineTranscriber({ models });
}
