import { createServer } from 'node:net';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Request, type Route } from 'playwright-core';
import { toAppAddress } from './addresses.ts';
import { app } from './app.ts';

type SchemeHandler = (request: Request2) => Response | Promise<Response>;
type Request2 = globalThis.Request;

const handlers = new Map<string, SchemeHandler>();
/** Decides about a navigation that a page began; true lets it happen. */
type NavigationJudge = (request: Request) => boolean;
let judge: NavigationJudge = () => true;
let context: Promise<BrowserContext> | undefined;
let port: number | undefined;

/** The schemes of the application: what its windows are served from. */
export const protocol = {
  registerSchemesAsPrivileged: (): void => undefined,
  handle: (scheme: string, handler: SchemeHandler): void => {
    handlers.set(scheme, handler);
  },
};

export function judgeNavigations(newJudge: NavigationJudge): void {
  judge = newJudge;
}

/** Where the browser can be debugged from: a test's way to the pages. */
export function debuggingPort(): number | undefined {
  return port;
}

/** The one browser of the application, started with its first window. */
export function browserContext(): Promise<BrowserContext> {
  context ??= start();
  return context;
}

export async function closeBrowser(): Promise<void> {
  if (context) await (await context).close().catch(() => undefined);
}

async function start(): Promise<BrowserContext> {
  const chosenPort = await freePort();
  const extra: unknown = JSON.parse(process.env['STAND_IN_CHROMIUM_ARGS'] ?? '[]');
  const started = await chromium.launchPersistentContext(join(app.getPath('userData'), 'chromium'), {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    headless: true,
    viewport: null,
    // The data folder goes when the test ends; the page must not outlive it.
    handleSIGTERM: false,
    handleSIGINT: false,
    args: [
      '--no-sandbox',
      `--remote-debugging-port=${chosenPort}`,
      ...(Array.isArray(extra) ? extra.map(String) : []),
    ],
  });
  await started.route('**/*', (route, request) => serve(route, request));
  port = chosenPort;
  return started;
}

async function serve(route: Route, request: Request): Promise<void> {
  if (request.isNavigationRequest() && !judge(request)) return route.abort('aborted');
  const address = toAppAddress(request.url());
  const handler = handlers.get(new URL(address).protocol.replace(':', ''));
  if (!handler) return route.abort('addressunreachable');
  const response = await handler(new Request(address, { method: request.method() }));
  return route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
