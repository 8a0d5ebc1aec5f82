import { Option, type Command } from 'commander';
import { extname } from 'node:path';
import { EXPORT_FORMATS, exportSession, writeExport, type ExportFormat } from '#session';
import { parseSessionId } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { badUsage } from '../failure.ts';
import { withTimeline } from '../stores.ts';

interface ExportFlags {
  readonly format?: ExportFormat;
  readonly out?: string;
  readonly force?: boolean;
  readonly data?: string;
}

/** The format that was asked for, or the one that the file's name tells. */
function chooseFormat({ format, out }: ExportFlags): ExportFormat {
  if (format !== undefined) return format;
  const extension = out === undefined ? '' : extname(out).slice(1).toLowerCase();
  const known = EXPORT_FORMATS.find((name) => name === extension);
  if (known) return known;
  throw badUsage(`Say in which format, with --format: ${EXPORT_FORMATS.join(', ')}.`);
}

/** `earshot export ID`: a session as a document or subtitles. */
export function addExportCommand(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('write a session as text, Markdown, subtitles or JSON')
    .argument('<id>', 'number of the session', parseSessionId)
    .addOption(
      new Option('--format <format>', 'of the document; by the file name when absent').choices([
        ...EXPORT_FORMATS,
      ]),
    )
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--force', 'replace the file when it exists')
    .addHelpText(
      'after',
      '\nExamples:\n  earshot export 12 --format md\n  earshot export 12 --out talk.srt\n',
    )
    .action(async (id: number, _options, command: Command) => {
      const flags = command.optsWithGlobals<ExportFlags>();
      const format = chooseFormat(flags);
      const text = await withTimeline(flags.data, (timeline) => {
        return exportSession(timeline.get(id), timeline.entries(id), format, timeline.annotations.of(id));
      });
      if (flags.out === undefined) return context.out.write(text);
      await writeExport(flags.out, text, { force: flags.force ?? false });
      context.err.write(`Session ${id} is in ${flags.out}.\n`);
    });
}
