/** Packs the application offline into `out/package-check/packed` and looks at it; the list of what is wrong. */
export function checkPackage(): Promise<string[]>;
/** The folder of the packed application's resources, once it was checked. */
export function packedResources(): string;
/** Unpacks the archive, with what lies beside it, into a folder. */
export function extractPackage(folder: string): void;
