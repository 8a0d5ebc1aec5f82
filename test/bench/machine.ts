import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';

function versionOf(packageName: string): string {
  const parsed: unknown = JSON.parse(readFileSync(`node_modules/${packageName}/package.json`, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : '?';
}

function commitOf(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

/** One sentence: the machine and the versions that were measured. */
export function describeMachine(): string {
  const processors = cpus();
  const gigabytes = (totalmem() / 1e9).toFixed(0);
  return (
    `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, ${type()} ${release()} ${arch()}, ` +
    `Node ${process.versions.node}, onnxruntime-node ${versionOf('onnxruntime-node')}, commit ${commitOf()}.`
  );
}
