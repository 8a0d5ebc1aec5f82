import { join } from 'node:path';
import { ModelStore, modelsForEngine } from '#session';

/** Models that tests and benchmarks share, so that they are downloaded once for a clone. */
export const TEST_MODELS_FOLDER = join('node_modules', '.cache', 'earshot-test-models');

/** Installs what is missing of the models of the embedded engine; returns the absolute folder that holds them. */
export async function installTestModels(root = process.cwd()): Promise<string> {
  const folder = join(root, TEST_MODELS_FOLDER);
  await new ModelStore({ folder }).ensure(modelsForEngine('embedded'));
  return folder;
}
