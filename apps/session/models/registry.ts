/** Where packages are fetched from; `npm-registry.ts` is the real one. */
export interface PackageRegistry {
  /** Base address, for messages; without a password. */
  readonly url: string;
  /** Host of the proxy in between, for messages. */
  readonly proxyHost: string | undefined;
  /** Where the tarball of a version lies, and its hashes if the registry says them. */
  locate(packageName: string, version: string, signal: AbortSignal): Promise<TarballLocation>;
  /** Begins to fetch from byte `fromByte` on, which the server may ignore. */
  open(location: TarballLocation, fromByte: number, signal: AbortSignal): Promise<TarballResponse>;
}

export interface TarballLocation {
  readonly packageName: string;
  readonly url: string;
  /** Subresource integrity, several hashes separated by blanks. */
  readonly integrity: string | undefined;
}

export interface TarballResponse {
  /** 200: everything from the first byte; 206: the range that was asked for. */
  readonly status: number;
  readonly contentType: string;
  /** First byte of the answer; 0 unless the server says otherwise. */
  readonly firstByte: number;
  readonly body: AsyncIterable<Uint8Array>;
}
