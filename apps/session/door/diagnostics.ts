import { statfs } from 'node:fs/promises';
import { availableParallelism, release, totalmem } from 'node:os';
import { toEarshotError, type EventOf, type HostState } from '#protocol';
import { formatMegabytes } from '../models/catalogue.ts';
import type { HostContext } from './methods.ts';

/** What the host knows of itself at the moment somebody asks. */
export interface DiagnosticsSources {
  state(): HostState;
  inferencePid(): number | undefined;
  lastStats(): EventOf<'stats'> | undefined;
}

/** Facts for a bug report, to copy: nothing that was said, no titles, no names of people's files. */
export async function describeHost(context: HostContext, sources: DiagnosticsSources): Promise<string> {
  const { application, info } = context;
  const state = sources.state();
  const stats = sources.lastStats();
  const lines = [
    `Earshot ${info.version}, ${info.kind}, ${info.platform}`,
    `Node ${process.versions.node}, ${process.platform} ${process.arch} ${release()}`,
    `${availableParallelism()} cores, ${formatMegabytes(totalmem())} memory, ${formatMegabytes(process.memoryUsage().rss)} used by this process`,
    `Data folder: ${await describeSpace(application.dataFolder.path)}`,
    `Engine: ${application.settings.engine}, lanes: ${state.lanes.join(', ')}`,
    `State: ${state.activity}, inference process ${sources.inferencePid() ?? 'not running'}`,
    ...(stats
      ? [
          `Last statistics: ${stats.chunks} chunks, real-time factor ${stats.rtf}, ${stats.stalls} stalls, ${stats.leftOut ?? 0} chunks left out`,
        ]
      : []),
    ...(state.problem ? [`Last problem: ${state.problem.code}: ${state.problem.message}`] : []),
    ...(await describeModels(context)),
    await describeDevices(context),
    ...info.notices,
  ];
  return lines.join('\n');
}

async function describeSpace(path: string): Promise<string> {
  const disk = await statfs(path).catch(() => undefined);
  return disk ? `${formatMegabytes(disk.bavail * disk.bsize)} free` : 'cannot be read';
}

async function describeModels({ application }: HostContext): Promise<string[]> {
  const statuses = await application.models.list();
  return statuses.map(({ name, manifest, state }) => `Model ${name} ${manifest.version}: ${state}`);
}

async function describeDevices({ sources }: HostContext): Promise<string> {
  try {
    const devices = await sources.listDevices();
    return `Microphones: ${devices.map(({ name }) => name).join(', ') || 'none'}`;
  } catch (thrown) {
    return `Microphones: ${toEarshotError(thrown).message}`;
  }
}
