import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  executionProviderSchema,
  providerTableSchema,
  type ExecutionProvider,
  type ProviderTable,
  type UnifiedOptions,
} from '#protocol';
import type { DataFolder } from '../data-folder.ts';
import { writeFileAtomically } from '../storage/atomic-file.ts';

/** Every provider may take two minutes to say that it hangs. */
const TIMEOUT_MS = 600_000;

const rememberedSchema = z.object({
  /** Hash of what the measurement depends on. */
  key: z.string(),
  table: providerTableSchema,
});

export interface ProviderQuestion {
  /** A verified package of the unified model. */
  readonly folder: string;
  /** Where the answer is remembered. */
  readonly memoryPath: string;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
  /** The bundled probe; beside this one by default. */
  readonly entry?: string | undefined;
}

/** What each provider of the installed runtime takes for one chunk, measured now, in processes of their own. */
export async function measureProviders(question: ProviderQuestion): Promise<ProviderTable> {
  const table = await runProbe(question);
  const document = { key: await keyOf(question.folder), table };
  // An answer that cannot be kept is asked for again the next time.
  await writeFileAtomically(question.memoryPath, `${JSON.stringify(document, undefined, 2)}\n`).catch(
    () => undefined,
  );
  return table;
}

/** Choices of the unified engine with what computes, where nobody chose it; without a package they stay as they are. */
export async function withProvider(
  choices: UnifiedOptions | undefined,
  folder: string | undefined,
  { providersPath }: DataFolder,
  signal: AbortSignal,
): Promise<UnifiedOptions | undefined> {
  if (folder === undefined || choices?.provider !== undefined) return choices;
  return { ...choices, provider: await fastestProvider({ folder, memoryPath: providersPath, signal }) };
}

/** The fastest provider for a package: measured on first use, remembered until package, runtime, drivers or machine change. */
async function fastestProvider(question: ProviderQuestion): Promise<ExecutionProvider> {
  const remembered = await recall(question);
  return fastestOf(remembered ?? (await measureProviders(question)));
}

/** The processor where nothing else is faster, or nothing could be measured. */
export function fastestOf(table: ProviderTable): ExecutionProvider {
  let [best, bestMs]: [ExecutionProvider, number] = ['cpu', Infinity];
  for (const { provider, probe } of table) {
    if (!probe.ok || probe.chunkMs >= bestMs) continue;
    [best, bestMs] = [provider, probe.chunkMs];
  }
  return best;
}

async function recall({ folder, memoryPath }: ProviderQuestion): Promise<ProviderTable | undefined> {
  try {
    const { key, table } = rememberedSchema.parse(JSON.parse(await readFile(memoryPath, 'utf8')));
    return key === (await keyOf(folder)) ? table : undefined;
  } catch {
    return undefined;
  }
}

/** Raised when the probe measures otherwise than before, or a provider computes what it did not. */
const PROBE_VERSION = 2;

/** Package, runtime, drivers and machine as one short text. */
async function keyOf(folder: string): Promise<string> {
  const manifest = await readFile(join(folder, 'manifest.json')).catch(() => Buffer.alloc(0));
  const machine = [platform(), arch(), cpus()[0]?.model ?? '', cpus().length];
  const rest = [PROBE_VERSION, await runtimeVersion(), await graphicsDrivers(), machine];
  return createHash('sha256').update(manifest).update(JSON.stringify(rest)).digest('hex');
}

/** Without loading it: its native library is large, and computes in other processes. */
async function runtimeVersion(): Promise<string> {
  try {
    const path = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    return z.object({ version: z.string() }).parse(JSON.parse(await readFile(path, 'utf8'))).version;
  } catch {
    return process.versions.modules;
  }
}

/** Where Vulkan's loader looks for drivers on Linux; the other systems bring theirs. */
const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/** A driver that is installed later is tried. */
async function graphicsDrivers(): Promise<string[]> {
  const found = DRIVER_FOLDERS.map((folder) => readdir(folder).catch(() => []));
  const named = [process.env.VK_DRIVER_FILES, process.env.VK_ICD_FILENAMES];
  return [...(await Promise.all(found)).flat().sort(), ...named.map((path) => path ?? '')];
}

function runProbe({ folder, signal, entry }: ProviderQuestion): Promise<ProviderTable> {
  const script = entry ?? join(import.meta.dirname, 'inference-probe.js');
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, folder], { timeout: TIMEOUT_MS, env, signal }, (error, stdout) => {
      const table = parseTable(stdout.trim().split('\n').at(-1) ?? '');
      if (table) return resolve(table);
      const reason = `its process ended with ${String(error?.signal ?? error?.code ?? 'no answer')}`;
      resolve([{ provider: executionProviderSchema.enum.cpu, probe: { ok: false, reason } }]);
    });
  });
}

function parseTable(line: string): ProviderTable | undefined {
  try {
    return providerTableSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
