import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EarshotError } from '#protocol';
import type { PackageRegistry, TarballLocation, TarballResponse } from './registry.ts';

/** npm's settings, flattened as its own libraries take them: registry, scopes, proxy, certificates, tokens. */
type NpmSettings = Record<string, unknown> & {
  readonly registry: string;
  readonly replaceRegistryHost: string;
};

export interface NpmRegistryOptions {
  env?: NodeJS.ProcessEnv;
  /** The folder whose `.npmrc` counts as the project's. */
  workingFolder?: string;
}

/** What is needed of a package document (npm's abbreviated form). */
const packageDocumentSchema = z.object({
  versions: z.record(
    z.string(),
    z.object({ dist: z.object({ tarball: z.url(), integrity: z.string().optional() }) }),
  ),
});

const CONTENT_RANGE = /^bytes (\d+)-/;

/**
 * The registry that npm itself would use here, with its proxy, certificates and tokens: read from the environment,
 * the project's, the user's and the global `.npmrc` by npm's own libraries.
 */
export async function openNpmRegistry(options: NpmRegistryOptions = {}): Promise<PackageRegistry> {
  // Loaded when something is fetched: a session that only listens does without.
  const { default: registryFetch } = await import('npm-registry-fetch');
  const { settings, defaultRegistry } = await readNpmSettings(options);

  async function locate(packageName: string, version: string, signal: AbortSignal): Promise<TarballLocation> {
    const response = await registryFetch(packageName.replace('/', '%2f'), {
      ...requestOptions(settings, packageName, signal),
      headers: { accept: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8' },
    });
    const document = packageDocumentSchema.safeParse(parseJson(await response.text()));
    if (!document.success) {
      throw unexpectedAnswer(response.headers.get('content-type') ?? '', withoutPassword(settings.registry));
    }
    const dist = document.data.versions[version]?.dist;
    if (!dist) {
      throw new EarshotError(
        'download-failed',
        `The registry ${withoutPassword(settings.registry)} does not have ${packageName} ${version}. Check npm's registry setting.`,
      );
    }
    const registry = registryFetch.pickRegistry(packageName, requestOptions(settings, packageName, signal));
    const url = replaceHost(dist.tarball, registry, settings.replaceRegistryHost, defaultRegistry);
    return { packageName, url, integrity: dist.integrity };
  }

  async function open(
    location: TarballLocation,
    fromByte: number,
    signal: AbortSignal,
  ): Promise<TarballResponse> {
    const response = await registryFetch(location.url, {
      ...requestOptions(settings, location.packageName, signal),
      // Compressed once more on the way, the ranges would count other bytes than the file's.
      headers: { 'accept-encoding': 'identity', ...(fromByte > 0 ? { range: `bytes=${fromByte}-` } : {}) },
    });
    const range = CONTENT_RANGE.exec(response.headers.get('content-range') ?? '');
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      firstByte: response.status === 206 ? Number(range?.[1] ?? fromByte) : 0,
      body: response.body as unknown as AsyncIterable<Uint8Array>,
    };
  }

  return {
    url: withoutPassword(settings.registry),
    proxyHost: findProxyHost(settings, options.env ?? process.env),
    locate,
    open,
  };
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  [url.username, url.password] = ['', ''];
  return url.href;
}

/** The proxy that npm's libraries would take, from npm's settings or the usual variables. */
function findProxyHost(settings: NpmSettings, env: NodeJS.ProcessEnv): string | undefined {
  const variables = [env.HTTPS_PROXY, env.https_proxy, env.HTTP_PROXY, env.http_proxy, env.PROXY, env.proxy];
  const proxy = [settings.httpsProxy, settings.proxy, ...variables].find(
    (value) => typeof value === 'string' && URL.canParse(value),
  );
  return proxy === undefined ? undefined : new URL(String(proxy)).host;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A page instead of a package: the usual trace of a proxy or a sign-in page in between. */
export function unexpectedAnswer(contentType: string, from: string): EarshotError {
  const what = contentType.includes('html') ? 'a web page' : `something else (${contentType || 'no type'})`;
  return new EarshotError(
    'download-failed',
    `${from} answers with ${what} instead of a package: a proxy or sign-in page is in between. Open it in a browser, or set npm's proxy or registry.`,
  );
}

function requestOptions(settings: NpmSettings, packageName: string, signal: AbortSignal): object {
  return {
    ...settings,
    spec: packageName,
    signal,
    // npm's own cache is of no use for a file that is fetched once, and its folder may be read-only.
    cache: undefined,
    // Retries are ours: they go on where the last attempt stopped.
    retry: { retries: 0 },
  };
}

async function readNpmSettings(
  options: NpmRegistryOptions,
): Promise<{ settings: NpmSettings; defaultRegistry: string }> {
  const { default: Config } = await import('@npmcli/config');
  const { default: npm } = await import('@npmcli/config/lib/definitions/index.js');
  // A copy: loading writes npm's own variables into the environment that it is given.
  const env = { ...(options.env ?? process.env) };
  const config = new Config({
    definitions: npm.definitions,
    shorthands: npm.shorthands,
    flatten: npm.flatten,
    npmPath: findNpm(env),
    argv: [],
    env,
    cwd: options.workingFolder ?? currentFolder(),
  });
  try {
    await config.load();
    return { settings: config.flat as NpmSettings, defaultRegistry: npm.definitions.registry.default };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new EarshotError(
      'download-failed',
      `npm's configuration cannot be read: ${reason}. Correct .npmrc.`,
      {
        cause: thrown,
      },
    );
  }
}

/** npm's own folder, where distributions put a built-in `npmrc`; any folder does where npm is missing. */
function findNpm(env: NodeJS.ProcessEnv): string {
  const besideNode = dirname(realpathSync(process.execPath));
  const candidates = [
    ...(env.npm_execpath ? [dirname(dirname(env.npm_execpath))] : []),
    join(besideNode, '..', 'lib', 'node_modules', 'npm'),
    join(besideNode, 'node_modules', 'npm'),
    join(besideNode, '..', 'share', 'nodejs', 'npm'),
  ];
  return candidates.find((folder) => existsSync(join(folder, 'package.json'))) ?? besideNode;
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    // The folder was removed under the process.
    return homedir();
  }
}

/**
 * npm's `replace-registry-host`: package documents copied from the public registry keep its addresses, which a
 * machine behind a mirror cannot reach.
 */
export function replaceHost(
  tarball: string,
  registry: string,
  rule: string,
  defaultRegistry: string,
): string {
  const from = new URL(tarball);
  const to = new URL(registry);
  const ruleHost = rule === 'npmjs' ? new URL(defaultRegistry).host : rule;
  if (rule === 'never' || (rule !== 'always' && ruleHost !== from.host) || from.host === to.host)
    return tarball;
  const folder = to.pathname.replace(/\/$/, '');
  return new URL(folder + from.pathname + from.search, to.origin).href;
}
