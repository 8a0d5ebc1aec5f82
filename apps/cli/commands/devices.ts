import type { Command } from 'commander';
import { listDevices } from '#session';
import type { CommandContext } from '../context.ts';
import { renderDevices } from '../render/devices.ts';

/** `earshot devices`: what can be listened to. */
export function addDevicesCommand(program: Command, context: CommandContext): void {
  program
    .command('devices')
    .description('list the microphones that can be listened to')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const devices = await listDevices();
      if (options.json) return context.out.write(`${JSON.stringify(devices, undefined, 2)}\n`);
      if (devices.length === 0) {
        return context.err.write('No microphone found. Connect one and check that the system shows it.\n');
      }
      context.out.write(renderDevices(devices, context.out.columns));
    });
}
