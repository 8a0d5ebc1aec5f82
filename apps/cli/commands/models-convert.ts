import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { convertRequestSchema, LANES, type ConvertRequest } from '#protocol';
import { convertModel, openDataFolder } from '#session';
import { badUsage } from '../failure.ts';
import type { CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt-signal.ts';
import { LinePrinter } from '../line-printer.ts';
import { conversionLine, renderPlan } from '../render/conversion.ts';

/** Name of the unified model's package in the model store. */
export const PACKAGE = 'audio-interaction';

export interface ConvertWords {
  readonly out?: string;
  readonly precision: string;
  readonly block: string;
  readonly scaleSearch?: boolean;
  readonly lanes?: string;
  readonly instruct?: readonly string[];
  readonly instructSpoken?: readonly string[];
  readonly maxMemory?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** How weights are kept, for every command that converts. */
export function addPrecisionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--precision <kind>', 'how weights are kept; float32 is for proofs')
        .choices(['int4', 'int8', 'float32'])
        .default('int4'),
    )
    .addOption(
      new Option('--block <numbers>', 'weights that share a scale; 32 is finer, larger and slower')
        .choices(['128', '32'])
        .default('128'),
    )
    .option('--scale-search', 'look for the scales with the least error; takes longer')
    .addOption(
      new Option(
        '--max-memory <megabytes>',
        'memory for listening; picks the precision, int8 where it fits, else int4',
      ).conflicts('precision'),
    )
    .option('--lanes <list>', `lanes that the package is for (${LANES.join(', ')}; else assist)`)
    .option('--instruct <lane=words>', 'what a lane is told; once for each lane', collect)
    .option(
      '--instruct-spoken <lane=file>',
      'the same as a recording that it hears first: 16 kHz mono WAV of 16 bits',
      collect,
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** `lane=value` pairs by lane. @throws EarshotError `bad-usage`. */
function instructionsOf({
  instruct = [],
  instructSpoken = [],
}: ConvertWords): ConvertRequest['instructions'] {
  const told: NonNullable<ConvertRequest['instructions']> = {};
  for (const [option, pairs] of [
    ['--instruct', instruct],
    ['--instruct-spoken', instructSpoken],
  ] as const) {
    for (const pair of pairs) {
      const [, name, value] = /^\s*(\w+)\s*=\s*(\S.*)$/s.exec(pair) ?? [];
      const lane = LANES.find((one) => one === name);
      if (!lane || value === undefined)
        throw badUsage(`${option} takes LANE=VALUE with one of ${LANES.join(', ')}.`);
      if (told[lane]) throw badUsage(`The ${lane} lane has two instructions. Give one.`);
      told[lane] =
        option === '--instruct' ? { kind: 'text', text: value } : { kind: 'spoken', path: resolve(value) };
    }
  }
  return Object.keys(told).length > 0 ? told : undefined;
}

/** `earshot models convert`: from a published checkpoint to a package. */
export function addConvertCommand(models: Command, context: CommandContext): void {
  const command = models
    .command('convert')
    .description('make a package of a published checkpoint; goes on where it was broken off')
    .argument('<checkpoint>', 'folder of the checkpoint, as it was published')
    .option('--out <folder>', 'folder of the package, must not exist (else in the model store)')
    .option('--dry-run', 'only print sizes and memory')
    .option('--json', 'the plan as JSON');
  addPrecisionOptions(command).action(async (checkpoint: string, words: ConvertWords, self: Command) => {
    await convertAndShow(requestOf(checkpoint, words, await storeFolder(self)), context, words.json);
  });
}

/** Where the engine looks for the package. */
export async function storeFolder(command: Command): Promise<string> {
  const { data } = command.optsWithGlobals<{ data?: string }>();
  return join((await openDataFolder({ path: data })).modelsPath, PACKAGE);
}

/** Converts with a line of progress. */
export async function convertAndShow(
  request: ConvertRequest,
  context: CommandContext,
  json = false,
): Promise<void> {
  const progress = new LinePrinter(context.err);
  try {
    await untilInterrupted((signal) =>
      convertModel({
        request,
        signal,
        onPlan: (summary) => {
          if (json) context.out.write(`${JSON.stringify(summary, undefined, 2)}\n`);
          else if (request.dryRun) context.out.write(renderPlan(summary, context.out.columns));
        },
        onProgress: (step) => progress.show(conversionLine(step), `${step.phase} ${quarter(step)}`),
      }),
    );
  } finally {
    progress.finish();
  }
  if (!request.dryRun) context.err.write(`The package is in ${request.out}.\n`);
}

/** What was typed as a request. @throws EarshotError `bad-usage`. */
export function requestOf(checkpoint: string, words: ConvertWords, out: string): ConvertRequest {
  const lanes = words.lanes?.split(',').map((lane) => lane.trim());
  const request = convertRequestSchema.safeParse({
    checkpoint,
    out: words.out ?? out,
    precision: words.precision,
    block: Number(words.block),
    scaleSearch: words.scaleSearch ?? false,
    dryRun: words.dryRun ?? false,
    ...(lanes ? { lanes } : {}),
    instructions: instructionsOf(words),
    ...(words.maxMemory !== undefined && { maxMemoryMegabytes: Number(words.maxMemory) }),
  });
  if (request.success) return request.data;
  const path = request.error.issues[0]?.path[0];
  if (path === 'lanes') throw badUsage(`--lanes takes a list of ${LANES.join(', ')}.`);
  if (path === 'maxMemoryMegabytes') throw badUsage('--max-memory takes a whole number of megabytes.');
  if (path === 'instructions') throw badUsage('An instruction has at most 2000 characters.');
  throw badUsage(path === 'out' ? '--out takes a folder.' : 'Give the folder of a checkpoint.');
}

function quarter({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }): number {
  return totalBytes > 0 ? Math.floor((4 * doneBytes) / totalBytes) : 4;
}
