import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { openApplication, type Application } from '#session';
import { commandName, type CommandContext } from '../context.ts';
import { Interrupts } from '../interrupts.ts';

interface ServeFlags {
  readonly host?: string;
  readonly port?: number;
  readonly open?: boolean;
  readonly renderer?: string;
  readonly data?: string;
}

const EXAMPLES = `
Examples:
  earshot serve --open                 Earshot in this machine's browser
  earshot serve --host 0.0.0.0         and for displays in the same network
  earshot serve talk.flac              a recording is heard instead of a microphone
`;

/** `earshot serve`: the window in any browser. */
export function addServeCommand(program: Command, context: CommandContext, version: string): void {
  program
    .command('serve')
    .description('open Earshot in a browser, on this machine or on a display in the room')
    .argument('[recording]', 'a recording that is heard instead of a microphone')
    .option('--host <address>', 'address to listen on; this machine alone when absent')
    .option('--port <port>', 'port to listen on, 0 for any that is free', parsePort)
    .option('--open', 'open the browser')
    .addOption(new Option('--renderer <folder>', 'the built window').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action(async (recording: string | undefined, _options, command: Command) => {
      await run(recording, command.optsWithGlobals<ServeFlags>(), context, version);
    });
}

/** Ctrl-C once keeps what was heard and ends, twice ends at once. */
async function run(
  recording: string | undefined,
  flags: ServeFlags,
  context: CommandContext,
  version: string,
): Promise<void> {
  const [finish, stop] = [new AbortController(), new AbortController()];
  // Before anything is opened: who asks it to end as soon as it says how, or sooner, is heard as well.
  const interrupts = new Interrupts({ finish: () => finish.abort(), stop: () => stop.abort() });
  let application: Application | undefined;
  try {
    const { serve } = await import('#server');
    application = await openApplication({
      dataDir: flags.data,
      command: commandName(context.environment),
    });
    const server = await serve({
      application,
      version,
      host: flags.host,
      port: flags.port,
      rendererFolder: flags.renderer,
      recording,
      onNewAddress: (address) => context.err.write(`For another browser: ${address}\n`),
    });
    context.out.write(`${server.address}\n`);
    context.err.write(`To watch from another browser: ${server.watchAddress}\n`);
    for (const notice of server.notices) context.err.write(`${notice}\n`);
    context.err.write('Press Ctrl-C to end.\n');
    if (flags.open) openBrowser(server.address, context);
    if (!finish.signal.aborted) await once(finish.signal, 'abort');
    context.err.write('Ending. What was heard is kept. Press Ctrl-C again to end at once.\n');
    await server.close(stop.signal);
  } finally {
    interrupts.dispose();
    await application?.close();
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError(`“${text}” is not a port. Choose 0 to 65535.`);
  }
  return port;
}

/** The system's own way to open an address; without a shell, which would read it. */
function openBrowser(address: string, context: CommandContext): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => context.err.write('No browser could be opened. Open the address yourself.\n'));
  child.unref();
}
