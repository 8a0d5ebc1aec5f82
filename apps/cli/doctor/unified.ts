import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHUNK_MS, EXECUTION_PROVIDERS, toEarshotError } from '#protocol';
import { CONVERTED_MODEL, fastestOf, locateDataFolder, measureProviders, resolveConverted } from '#session';
import type { Finding } from '../render/doctor.ts';

export interface ExamineUnifiedOptions {
  readonly dataDir: string | undefined;
  /** Folder of a converted package; the one in the model store when absent. */
  readonly modelFolder: string | undefined;
  /** How the command is called. */
  readonly command: string;
}

/** The unified model: whether it is here, and what each execution provider takes for one chunk of it. */
export async function examineUnified(options: ExamineUnifiedOptions): Promise<Finding[]> {
  const { dataDir, modelFolder, command } = options;
  const finding = { check: 'unified', title: 'Unified model' };
  const { modelsPath, providersPath } = locateDataFolder({ path: dataDir });
  if (modelFolder === undefined && !existsSync(join(modelsPath, CONVERTED_MODEL))) {
    const detail = `not installed, nothing else needs it; “${command} models download ${CONVERTED_MODEL}” brings it`;
    return [{ ...finding, state: 'ok', detail }];
  }
  try {
    const { folder } = await resolveConverted(modelsPath, modelFolder, command);
    return [
      { ...finding, state: 'ok', detail: `${folder}, every file verified` },
      ...(await timings(folder, providersPath)),
    ];
  } catch (thrown) {
    const detail = toEarshotError(thrown).message.replace(/\s+/g, ' ').trim();
    return [{ ...finding, state: modelFolder === undefined ? 'advice' : 'problem', detail }];
  }
}

const TOO_SLOW =
  'With a microphone parts are left out, so that answers come in time; a recording is heard whole. The embedded engine keeps up.';

/** One line for each provider; the measurement is remembered for the next session. */
async function timings(folder: string, memoryPath: string): Promise<Finding[]> {
  const table = await measureProviders({ folder, memoryPath });
  const fastest = fastestOf(table);
  const findings = table.map(({ provider, probe }): Finding => {
    const finding = { check: `unified-${provider}`, title: `  on ${provider}` };
    if (!probe.ok) return { ...finding, state: 'advice', detail: `cannot be used: ${probe.reason}` };
    const share = `one chunk of ${CHUNK_MS} ms in ${probe.chunkMs.toFixed(probe.chunkMs < 10 ? 1 : 0)} ms`;
    if (probe.chunkMs >= CHUNK_MS) {
      return { ...finding, state: 'advice', detail: `${share}: slower than the sound`, advice: TOO_SLOW };
    }
    return { ...finding, state: 'ok', detail: provider === fastest ? `${share}, chosen` : share };
  });
  const missing = EXECUTION_PROVIDERS.filter((name) => !table.some(({ provider }) => provider === name));
  if (missing.length > 0) {
    const detail = `${missing.join(', ')}: not in the installed runtime`;
    findings.push({ check: 'unified-missing', title: '  on others', state: 'ok', detail });
  }
  return findings;
}
