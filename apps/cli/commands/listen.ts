import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import {
  EarshotError,
  ENGINES,
  EXECUTION_PROVIDERS,
  LANES,
  UNIFIED_CHUNK_SECONDS,
  type EngineName,
  type ExecutionProvider,
  type Lane,
  type Pace,
  type Settings,
  type UnifiedOptions,
} from '#protocol';
import { openApplication, type Application, type AudioSource } from '#session';
import { parseChunk, parseCount, parseLanes, parseLanguage } from '../arguments.ts';
import { commandName, demoPath, type CommandContext } from '../context.ts';
import { badUsage } from '../failure.ts';
import { openSpeaker } from '../listen-speaker.ts';
import { listenSession } from '../listen-session.ts';
import { openSource, parseRawFormat, type RawFormat } from '../listen-source.ts';
import { createListenView } from '../listen-view.ts';
import { explainModelFailure } from '../model-failure.ts';
import { ProgressPrinter } from '../progress-printer.ts';

export interface ListenFlags {
  readonly mic?: string;
  readonly json?: boolean;
  readonly realtime?: boolean;
  readonly lanes?: Lane[];
  readonly trace?: boolean;
  readonly engine?: EngineName;
  readonly sync?: boolean;
  readonly pace?: Pace;
  readonly keep: boolean;
  readonly title?: string;
  readonly speak?: boolean;
  readonly raw?: RawFormat;
  readonly data?: string;
  readonly model?: string;
  readonly window?: number;
  readonly maxMemory?: number;
  readonly lookAhead?: boolean;
  readonly elideSilence?: boolean;
  readonly remember?: boolean;
  readonly provider?: ExecutionProvider;
  readonly cache?: 'float32' | 'float16';
  readonly maxReply?: number;
  readonly chunk?: UnifiedOptions['chunkSeconds'];
  readonly to?: string;
  readonly translator?: string;
}

const EXAMPLES = `
Examples:
  earshot listen                            the default microphone, until Ctrl-C
  earshot listen --mic "USB"                the microphone whose name contains USB
  earshot listen talk.flac                  a recording, as fast as the machine can
  earshot listen talk.flac --realtime       a recording at the speed at which it was made
  earshot listen --speak                    replies are said aloud
  earshot listen talk.flac --json | jq .    every event, one a line
  earshot listen talk.flac --to es          and read it in Spanish
  arecord -r 16000 -f S16_LE | earshot listen - --realtime
`;

/** `earshot listen`: sound in, a live transcript out. */
export function addListenCommand(program: Command, context: CommandContext): void {
  program
    .command('listen')
    .description('listen to a microphone or a recording and write down what is said')
    .argument(
      '[file]',
      'a recording (WAV, FLAC, MP3, M4A, Ogg, Opus), or - for standard input; the microphone when absent',
    )
    .option('--mic <name>', 'microphone by its name or a part of it; "earshot devices" lists them')
    .option('--json', 'print every event as one line of JSON, nothing else')
    .option('--realtime', 'play a recording at wall speed, as if it were live; take standard input as live')
    .option('--lanes <lanes>', 'lanes to switch on, separated by commas', parseLanes)
    .option('--trace', 'print every decision with its reason')
    .addOption(new Option('--engine <engine>', 'what listens').choices([...ENGINES]))
    .addOption(
      new Option('--pace <pace>', 'words at every step, or a whole recording as fast as possible').choices([
        'live',
        'throughput',
      ]),
    )
    .option(
      '--raw <format>',
      'raw samples on standard input: encoding:rate:channels, such as s16le:16000:1',
      parseRawFormat,
    )
    .option('--model <folder>', 'a converted package for the engine audio-interaction')
    .option(
      '--window <positions>',
      'positions that each lane of the unified model keeps',
      parseCount(131_072),
    )
    .option(
      '--max-memory <megabytes>',
      'memory for the unified model; picks its window and cache',
      parseCount(1_000_000),
    )
    .addOption(
      new Option(
        '--cache <type>',
        'how the unified model keeps its past; float16 takes half the memory',
      ).choices(['float32', 'float16']),
    )
    .option('--max-reply <tokens>', 'tokens of a reply of the unified model at most', parseCount(4096))
    .option(
      '--chunk <seconds>',
      `sound that the unified model hears at a time: ${UNIFIED_CHUNK_SECONDS.join(', ')}; it was trained with 0.4`,
      parseChunk,
    )
    .option('--look-ahead', 'let the unified model hear 12.5 ms later, and nothing reflected')
    .option('--elide-silence', 'leave most of a long silence out; a sudden sound is always heard')
    .option('--remember', 'put what was said before the window back as text')
    .addOption(
      new Option('--provider <provider>', 'what computes the unified model').choices([
        ...EXECUTION_PROVIDERS,
      ]),
    )
    .option('--to <language>', 'translate, to the language of these two letters, such as es', parseLanguage)
    .option('--translator <package>', 'translate, with this package: its name or its folder')
    .option('--title <title>', 'title of the session')
    .option('--speak', 'say the replies aloud; speaking to Earshot interrupts it')
    .option('--no-keep', 'keep nothing of it')
    .addOption(new Option('--sync', 'one step after the other, for the benchmark').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, _options, command: Command) => {
      await listen(file, command.optsWithGlobals<ListenFlags>(), context);
    });
}

async function listen(file: string | undefined, flags: ListenFlags, context: CommandContext): Promise<void> {
  checkFlags(file, flags);
  // The source comes first: a wrong file name must not create a data folder or download a model.
  const source = await openSource(file, flags).catch((thrown: unknown) => {
    throw file === undefined ? withAdvice(thrown, context) : thrown;
  });
  try {
    const application = await openApplication({
      dataDir: flags.data,
      command: commandName(context.environment),
    });
    try {
      await listenWith(application, source, flags, context);
    } catch (thrown) {
      throw await explainModelFailure(thrown, application);
    } finally {
      await application.close();
    }
  } finally {
    await source.close();
    // Its writer may never end: an open pipe would hold the process.
    if (file === '-') process.stdin.destroy();
  }
}

async function listenWith(
  application: Application,
  source: AudioSource,
  flags: ListenFlags,
  context: CommandContext,
): Promise<void> {
  const { json = false, trace = false } = flags;
  const { durationSeconds } = source;
  const view = createListenView(context, {
    json,
    trace,
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  });
  const speaker = flags.speak === true ? await openSpeaker(application.settings.voice) : undefined;
  const progress = new ProgressPrinter(context.err);
  await listenSession(context, {
    view,
    measuresSpeed: !source.live,
    greeting: `Listening to ${source.label}.${source.live ? ' Press Ctrl-C to finish.' : ''}`,
    start: ({ onEvent, signal }) =>
      application.listen({
        source,
        ...(flags.engine === undefined ? {} : { engine: flags.engine }),
        ...withLanes(flags, application.settings),
        ...(flags.pace === undefined ? {} : { pace: flags.pace }),
        ...(flags.title === undefined ? {} : { title: flags.title }),
        trace,
        ...(flags.model !== undefined && { modelFolder: resolve(flags.model) }),
        unified: unifiedOptions(flags),
        translation: { target: flags.to, package: flags.translator, onlyWhenAsked: !wantsTranslation(flags) },
        sync: flags.sync ?? false,
        keep: flags.keep,
        speaker,
        signal,
        onEvent: (event) => {
          if (event.type === 'ready') progress.finish();
          onEvent(event);
        },
        onModelProgress: (step) => progress.show(step),
      }),
  });
}

function wantsTranslation({ to, translator }: ListenFlags): boolean {
  return (to ?? translator) !== undefined;
}

/** The lanes that were named, here or in the settings; `--to` switches its lane on beside them. */
function withLanes(flags: ListenFlags, settings: Settings): { lanes?: readonly Lane[] } {
  const lanes = flags.lanes ?? (wantsTranslation(flags) ? settings.lanes : undefined);
  if (!lanes) return {};
  return {
    lanes: wantsTranslation(flags)
      ? LANES.filter((lane) => lane === 'translate' || lanes.includes(lane))
      : lanes,
  };
}

function unifiedOptions({
  window,
  maxMemory,
  lookAhead,
  elideSilence,
  remember,
  provider,
  cache,
  maxReply,
  chunk,
}: ListenFlags): UnifiedOptions {
  return {
    ...(window !== undefined && { windowPositions: window }),
    ...(maxMemory !== undefined && { maxMemoryMegabytes: maxMemory }),
    ...(lookAhead !== undefined && { lookAhead }),
    ...(elideSilence !== undefined && { elideSilence }),
    ...(remember !== undefined && { remember }),
    ...(provider !== undefined && { provider }),
    ...(cache !== undefined && { cache }),
    ...(maxReply !== undefined && { maxReplyTokens: maxReply }),
    ...(chunk !== undefined && { chunkSeconds: chunk }),
  };
}

function checkFlags(file: string | undefined, flags: ListenFlags): void {
  if (file !== undefined && flags.mic !== undefined) {
    throw badUsage('Give a file or --mic, not both.');
  }
  if (file === undefined && flags.realtime) {
    throw badUsage('--realtime is for recordings; a microphone is always live. Give a file.');
  }
  if (file !== '-' && flags.raw !== undefined) {
    throw badUsage('--raw says how samples lie on standard input. Give - as the file.');
  }
  if (file === '-' && process.stdin.isTTY) {
    throw badUsage('Standard input is a terminal. Pipe sound into it, or give a file.');
  }
}

/** A missing microphone is not the end: there is a recording to try. */
function withAdvice(thrown: unknown, { environment }: CommandContext): unknown {
  if (!(thrown instanceof EarshotError) || thrown.code !== 'device-unavailable') return thrown;
  const advice = `To try a recording: ${commandName(environment)} listen ${demoPath()}`;
  return new EarshotError(thrown.code, `${thrown.message} ${advice}`, {
    cause: thrown,
    retryable: thrown.retryable,
  });
}
