import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toEarshotError } from '#protocol';
import {
  listDevices,
  locateDataFolder,
  MODEL_CATALOGUE,
  ModelStore,
  modelsForEngine,
  openNpmRegistry,
  TimelineStore,
} from '#session';
import { commandName } from '../context.ts';
import type { Finding } from '../render/doctor.ts';
import { count, formatBytes } from '../render/format.ts';
import { examineUnified } from './unified.ts';

export interface ExamineOptions {
  readonly dataDir: string | undefined;
  readonly online: boolean;
  /** Folder of a converted package; the one in the model store when absent. */
  readonly modelFolder: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** Less than this and a session of an evening with its journal may not fit. */
const COMFORTABLE_FREE_BYTES = 1e9;
const PROBE_TIMEOUT_MS = 15_000;

/** Looks at everything that listening needs. Changes nothing, downloads nothing, and goes on whatever it finds. */
export async function examineMachine(options: ExamineOptions): Promise<Finding[]> {
  const checks = [
    () => Promise.resolve(examineNode()),
    examineOnnxRuntime,
    () => examineModels(options),
    () => examineDataFolder(options),
    examineDatabase,
    examineMicrophones,
    ...(options.online ? [() => examineRegistry()] : []),
  ];
  const findings: Finding[] = [];
  for (const check of checks) findings.push(await check());
  findings.push(...(await examineUnified({ ...options, command: commandName(options.environment) })));
  return findings;
}

function messageOf(thrown: unknown): string {
  return toEarshotError(thrown).message.replace(/\s+/g, ' ').trim();
}

function examineNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const detail = `Node ${process.versions.node} on ${process.platform} ${process.arch}`;
  const recent = major > 20 || (major === 20 && minor >= 17);
  if (recent) return { check: 'node', title: 'Node', state: 'ok', detail };
  return { check: 'node', title: 'Node', state: 'problem', detail, advice: 'Install Node 20.17 or newer.' };
}

/**
 * Loads a package in a process of its own: a native library that does not fit the machine may end the process that
 * loads it. Resolves to what went wrong, or undefined.
 */
function probePackage(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let url: string;
    try {
      url = pathToFileURL(createRequire(import.meta.url).resolve(name)).href;
    } catch {
      resolve('it is not installed');
      return;
    }
    const script = `await import(${JSON.stringify(url)})`;
    const args = ['--input-type=module', '--eval', script];
    execFile(process.execPath, args, { timeout: PROBE_TIMEOUT_MS }, (error, _stdout, stderr) => {
      if (!error) return resolve(undefined);
      const reason = /^\w*Error: (.*)$/m.exec(stderr)?.[1];
      resolve(reason ?? `loading it ended with ${String(error.signal ?? error.code ?? 'an error')}`);
    });
  });
}

async function examineOnnxRuntime(): Promise<Finding> {
  const finding = { check: 'onnxruntime', title: 'ONNX Runtime' };
  const trouble = await probePackage('onnxruntime-node');
  if (trouble === undefined) return { ...finding, state: 'ok', detail: 'loads' };
  return {
    ...finding,
    state: 'problem',
    detail: `does not load: ${trouble}`,
    advice: 'Run “npm ci” again. On Linux it needs glibc 2.28 or newer; musl (Alpine) does not fit.',
  };
}

async function examineModels({ dataDir, environment }: ExamineOptions): Promise<Finding> {
  const finding = { check: 'models', title: 'Models' };
  const command = commandName(environment);
  try {
    const store = new ModelStore({ folder: locateDataFolder({ path: dataDir }).modelsPath });
    const results = await Promise.all(modelsForEngine('embedded').map((name) => store.verify(name)));
    const broken = results.filter(({ state }) => state === 'corrupt');
    const missing = results.filter(({ state }) => state === 'missing' || state === 'partial');
    if (broken.length > 0) {
      const names = broken.map(({ name }) => name).join(', ');
      const advice = broken.map(({ name }) => `${command} models install ${name}`).join('; ');
      return { ...finding, state: 'problem', detail: `damaged: ${names}`, advice };
    }
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name).join(', ');
      return {
        ...finding,
        state: 'advice',
        detail: `not installed: ${names}`,
        advice: 'They are downloaded when you first listen, or now: '.concat(
          missing.map(({ name }) => `${command} models install ${name}`).join('; '),
        ),
      };
    }
    return {
      ...finding,
      state: 'ok',
      detail: `${results.map(({ name }) => name).join(', ')}, every file verified`,
    };
  } catch (thrown) {
    return { ...finding, state: 'problem', detail: messageOf(thrown) };
  }
}

/** The folder itself, or the nearest one above that exists: there it would be created. */
async function nearestExisting(path: string): Promise<string> {
  let current = path;
  while (dirname(current) !== current) {
    if (await stat(current).catch(() => undefined)) return current;
    current = dirname(current);
  }
  return current;
}

async function examineDataFolder({ dataDir }: ExamineOptions): Promise<Finding> {
  const finding = { check: 'data-folder', title: 'Data folder' };
  const { path } = locateDataFolder({ path: dataDir });
  const advice = 'Choose another with --data or EARSHOT_DATA_DIR.';
  try {
    const existing = await nearestExisting(path);
    if (!(await stat(existing)).isDirectory()) {
      return { ...finding, state: 'problem', detail: `${existing} is not a folder`, advice };
    }
    await access(existing, constants.W_OK);
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const detail = `${path}, ${formatBytes(free)} free`;
    if (free >= COMFORTABLE_FREE_BYTES) return { ...finding, state: 'ok', detail };
    return { ...finding, state: 'advice', detail, advice: `Free some space. ${advice}` };
  } catch (thrown) {
    return {
      ...finding,
      state: 'problem',
      detail: `${path} cannot be written: ${messageOf(thrown)}`,
      advice,
    };
  }
}

/** Makes an empty timeline in a temporary folder, with its search index. */
async function examineDatabase(): Promise<Finding> {
  const finding = { check: 'sqlite', title: 'SQLite' };
  const folder = await mkdtemp(join(tmpdir(), 'earshot-doctor-'));
  try {
    TimelineStore.open(join(folder, 'timeline.sqlite')).close();
    return { ...finding, state: 'ok', detail: 'works, with full-text search' };
  } catch (thrown) {
    return { ...finding, state: 'problem', detail: messageOf(thrown), advice: 'Run “npm ci” again.' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function examineMicrophones(): Promise<Finding> {
  const finding = { check: 'microphones', title: 'Microphones' };
  try {
    const devices = await listDevices();
    const first = devices.find((device) => device.isDefault) ?? devices[0];
    if (first) {
      const detail = `${count(devices.length, 'microphone')} through ${first.backend}, “${first.name}” by default`;
      return { ...finding, state: 'ok', detail };
    }
    return {
      ...finding,
      state: 'advice',
      detail: 'none found',
      advice: 'Connect one and check that the system shows it. Recordings work without.',
    };
  } catch (thrown) {
    return { ...finding, state: 'advice', detail: messageOf(thrown), advice: 'Recordings work without.' };
  }
}

async function examineRegistry(): Promise<Finding> {
  const finding = { check: 'registry', title: 'Downloads' };
  try {
    const registry = await openNpmRegistry();
    for (const { source } of MODEL_CATALOGUE) {
      if (source.kind !== 'npm') continue;
      await registry.locate(source.package, source.version, AbortSignal.timeout(PROBE_TIMEOUT_MS));
    }
    return { ...finding, state: 'ok', detail: `${registry.url} has every model` };
  } catch (thrown) {
    return {
      ...finding,
      state: 'advice',
      detail: messageOf(thrown),
      advice: 'Check the network, and npm’s registry and proxy settings (“npm config list”).',
    };
  }
}
