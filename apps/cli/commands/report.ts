import type { Command } from 'commander';
import {
  LLM_KEY_VARIABLE,
  loadSettings,
  meetingReport,
  openChosenLlm,
  openDataFolder,
  writeExport,
  type ChosenLlm,
} from '#session';
import { parseSessionId } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt-signal.ts';
import { withTimeline } from '../stores.ts';

interface ReportFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly llm: boolean;
  readonly data?: string;
}

/** `earshot report ID`: the minutes of a meeting as Markdown. */
export function addReportCommand(program: Command, context: CommandContext): void {
  program
    .command('report')
    .description('write the report of a meeting: participants, decisions, action items, transcript')
    .argument('<id>', 'number of the session', parseSessionId)
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--force', 'replace the file when it exists')
    .option('--no-llm', 'by rules alone, also where a language model is chosen')
    .addHelpText('after', '\nExamples:\n  earshot report 12\n  earshot report 12 --out minutes.md\n')
    .action(async (id: number, _options, command: Command) => {
      const flags = command.optsWithGlobals<ReportFlags>();
      const text = await untilInterrupted((signal) =>
        withTimeline(flags.data, (timeline) => {
          const openLlm = flags.llm ? () => chosenLlm(flags.data, context, signal) : undefined;
          return meetingReport(timeline, id, { openLlm, signal });
        }),
      );
      if (flags.out === undefined) return context.out.write(text);
      await writeExport(flags.out, text, { force: flags.force ?? false });
      context.err.write(`The report of session ${id} is in ${flags.out}.\n`);
    });
}

async function chosenLlm(
  data: string | undefined,
  context: CommandContext,
  signal: AbortSignal,
): Promise<ChosenLlm | undefined> {
  const folder = await openDataFolder({ path: data });
  const { llm } = await loadSettings(folder.settingsPath);
  return openChosenLlm(llm, { apiKey: context.environment[LLM_KEY_VARIABLE], signal });
}
