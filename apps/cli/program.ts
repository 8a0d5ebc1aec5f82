import { Command } from 'commander';
import { addAskCommand } from './commands/ask.ts';
import { addDevicesCommand } from './commands/devices.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExportCommand } from './commands/export.ts';
import { addListenCommand } from './commands/listen.ts';
import { addLlmCommand } from './commands/llm.ts';
import { addModelsCommand } from './commands/models.ts';
import { addReportCommand } from './commands/report.ts';
import { addSearchCommand } from './commands/search.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSessionsCommand } from './commands/sessions.ts';
import { addToggleCommand } from './commands/toggle.ts';
import type { CommandContext } from './context.ts';

const FOOTER = `
Exit status: 0 done, 1 failed, 2 bad usage or input.
Run a command with --help for its options and examples.
`;

/** The whole command line. Parsing throws commander's errors instead of ending the process. */
export function createProgram(context: CommandContext, version: string): Command {
  const program = new Command('earshot')
    .description(
      'Listens all the time, writes down what is said, and knows when to speak. Everything stays on this machine.',
    )
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .option('--data <folder>', 'where everything is kept (else EARSHOT_DATA_DIR, else the system’s custom)')
    .addHelpText('after', FOOTER);

  addListenCommand(program, context);
  addDevicesCommand(program, context);
  addSessionsCommand(program, context);
  addSearchCommand(program, context);
  addExportCommand(program, context);
  addReportCommand(program, context);
  addAskCommand(program, context);
  addModelsCommand(program, context);
  addLlmCommand(program, context);
  addServeCommand(program, context, version);
  addToggleCommand(program, context);
  addDoctorCommand(program, context);
  prepare(program, context);
  return program;
}

/** The same behaviour for the program and every command below it. */
function prepare(command: Command, context: CommandContext): void {
  command.exitOverride().helpOption('--help', 'show this help');
  command.configureOutput({
    writeOut: (text) => context.out.write(text),
    writeErr: (text) => context.err.write(text),
    // One line for every error, written where all of them are written.
    outputError: () => {},
  });
  if (command.commands.length > 0) command.showSuggestionAfterError(true);
  for (const child of command.commands) prepare(child, context);
}

/** Names of the commands, for whoever mistyped one. */
export function commandNames(program: Command): string[] {
  return program.commands.map((command) => command.name());
}
