import type { EngineName, ModelInfo } from '#protocol';

/** Whether an engine has everything it needs. Before the packages are known nothing is: whoever is quick waits for them. */
export function isEngineReady(engine: EngineName, models: readonly ModelInfo[]): boolean {
  return models.length > 0 && models.every((model) => model.engine !== engine || model.state === 'installed');
}
