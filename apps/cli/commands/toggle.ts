import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { EarshotError, type HostState } from '#protocol';
import { askRunningHost, describeState, locateDataFolder, type ControlRequest } from '#session';
import type { CommandContext } from '../context.ts';
import { badUsage } from '../failure.ts';

interface ToggleFlags {
  readonly start?: boolean;
  readonly stop?: boolean;
  readonly status?: boolean;
  readonly data?: string;
}

/** How long a state that is on its way to another one is waited for. */
const SETTLE_MS = 8_000;
const LOOK_EVERY_MS = 100;

const HELP = `
Bind it to a key of your desktop where a global hotkey does not work, as under Wayland:
  earshot toggle
`;

/** `earshot toggle`: begin or stop listening in the running Earshot. */
export function addToggleCommand(program: Command, context: CommandContext): void {
  program
    .command('toggle')
    .description('begin or stop listening in the Earshot that is running')
    .option('--start', 'begin, unless it listens already')
    .option('--stop', 'stop, if it listens')
    .option('--status', 'say what it does, and change nothing')
    .addHelpText('after', HELP)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<ToggleFlags>();
      const { path } = locateDataFolder({ path: flags.data });
      const action = chooseAction(flags);
      const first = await askRunningHost(path, { action });
      const state = action === 'status' ? first : await untilSettled(path, first);
      // A problem is the reason why nothing is heard although somebody wants to.
      if (action !== 'status' && action !== 'stop' && state.problem) {
        throw new EarshotError('engine-failed', describeState(state));
      }
      context.out.write(`${describeState(state)}\n`);
    });
}

function chooseAction(flags: ToggleFlags): ControlRequest['action'] {
  const [action, ...more] = (['start', 'stop', 'status'] as const).filter((name) => flags[name]);
  if (more.length > 0) throw badUsage('Give one of --start, --stop and --status.');
  return action ?? 'toggle';
}

/** Opening a microphone takes a moment, and may fail: that is worth the wait for whoever pressed a key. */
async function untilSettled(path: string, first: HostState): Promise<HostState> {
  const deadline = Date.now() + SETTLE_MS;
  let state = first;
  while (['starting', 'finishing'].includes(state.activity) && Date.now() < deadline) {
    await delay(LOOK_EVERY_MS);
    state = await askRunningHost(path, { action: 'status' });
  }
  return state;
}
