export function bundleIsStale(): boolean;
export function bundle(entryPoints: Record<string, string>, outdir: string): Promise<void>;
export function bundleProcesses(): Promise<void>;
