import type { Command } from 'commander';
import { EarshotError } from '#protocol';
import {
  findServers,
  LLM_KEY_VARIABLE,
  LlmClient,
  loadSettings,
  openChosenLlm,
  openDataFolder,
  readServerAddress,
  saveSettings,
  USUAL_SERVERS,
  type ChosenLlm,
  type LlmModel,
  type LlmSettings,
} from '#session';
import { refuseExtraWords } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { badUsage } from '../failure.ts';
import { untilInterrupted } from '../interrupt-signal.ts';

interface LlmFlags {
  readonly data?: string;
  readonly json?: boolean;
  readonly model?: string;
  readonly confirmRemote?: string;
  readonly contextTokens?: string;
}

/** `earshot llm`: the language model that answers what the assistant does not know by itself. */
export function addLlmCommand(program: Command, context: CommandContext): void {
  const llm = program
    .command('llm')
    .description('find, choose and try a language model that runs on this machine');
  const apiKey = context.environment[LLM_KEY_VARIABLE];

  llm
    .command('find', { isDefault: true })
    .allowExcessArguments()
    .description(`look for ${USUAL_SERVERS.map(({ name }) => name).join(', ')} on this machine`)
    .option('--json', 'as JSON')
    .action(async (options: LlmFlags, command: Command) => {
      refuseExtraWords(llm, command);
      const found = await findServers({ apiKey });
      if (options.json) return context.out.write(`${JSON.stringify(found, undefined, 2)}\n`);
      for (const { name, address, models } of found) {
        context.out.write(`${name} at ${address}\n${renderModels(models)}`);
      }
      const advice =
        'No language model answers on this machine. Start Ollama, llama.cpp, LM Studio, vLLM or SGLang.\n';
      if (found.length === 0) context.err.write(advice);
      else context.err.write(`To use one: earshot llm use ${found[0]?.address ?? ''}\n`);
    });

  llm
    .command('models')
    .description('the models of a server; of the chosen one without an address')
    .argument('[address]', 'such as 11434 or http://127.0.0.1:8080')
    .option('--json', 'as JSON')
    .action(async (address: string | undefined, options: LlmFlags, command: Command) => {
      const models = await (await clientOf(address, command, apiKey)).models();
      if (options.json) context.out.write(`${JSON.stringify(models, undefined, 2)}\n`);
      else context.out.write(renderModels(models));
    });

  llm
    .command('use')
    .description('hand questions over to a server from now on')
    .argument('<address>', 'such as 11434 or http://127.0.0.1:8080')
    .option('--model <model>', 'the first one of the server when absent')
    .option('--context-tokens <count>', 'tokens that prompt and answer may have together')
    .option('--confirm-remote <host>', 'agree that what is heard goes to this host outside this machine')
    .action((address: string, flags: LlmFlags, command: Command) => use(address, flags, command, context));

  llm
    .command('off')
    .description('hand nothing over any more')
    .action(async (_options, command: Command) => {
      await changeSettings(command, () => ({}));
      context.err.write('No language model is asked from now on.\n');
    });

  llm
    .command('test')
    .description('ask the chosen model one question and say how fast it answers')
    .argument('[question]', 'what to ask', 'Say in one sentence that you are ready.')
    .action(async (question: string, _options, command: Command) => {
      const chosen = await openChosenLlm(await settingsOf(command), { apiKey });
      if (!chosen) throw badUsage('No language model is chosen. Run: earshot llm find');
      const firstMs = await untilInterrupted((signal) => writeAnswer(context, chosen, question, signal));
      if (firstMs === undefined)
        throw new EarshotError('engine-failed', 'The language model had nothing to say.');
      const { client, model } = chosen;
      context.err.write(`${model} at ${client.server.origin}: first word after ${Math.round(firstMs)} ms.\n`);
    });
}

/** Writes the answer as it comes; tells how long the first piece of it took, in milliseconds. */
async function writeAnswer(
  context: CommandContext,
  { client, model }: ChosenLlm,
  question: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const startedAt = performance.now();
  let firstMs: number | undefined;
  const messages = [{ role: 'user' as const, content: question }];
  try {
    for await (const piece of client.chat({ model, messages, maxTokens: 200 }, signal)) {
      firstMs ??= performance.now() - startedAt;
      if (piece.kind === 'text') context.out.write(piece.text);
    }
  } finally {
    if (firstMs !== undefined) context.out.write('\n');
  }
  return firstMs;
}

async function use(
  address: string,
  flags: LlmFlags,
  command: Command,
  context: CommandContext,
): Promise<void> {
  const contextTokens = flags.contextTokens === undefined ? undefined : Number(flags.contextTokens);
  if (contextTokens !== undefined && !(Number.isInteger(contextTokens) && contextTokens >= 512)) {
    throw badUsage('--context-tokens takes a whole number from 512 on.');
  }
  const confirmedOrigin = confirmedOriginOf(address, flags.confirmRemote);
  const server = readServerAddress(address, confirmedOrigin);
  const apiKey = context.environment[LLM_KEY_VARIABLE];
  const models = await new LlmClient({ server, apiKey }).models();
  const model = flags.model ?? models[0]?.id;
  if (model === undefined)
    throw new EarshotError('model-missing', `${server.origin} has no language model loaded. Load one there.`);
  if (models.length > 0 && !models.some(({ id }) => id === model)) {
    throw new EarshotError(
      'model-missing',
      `${server.origin} has no model "${model}". It has: ${models.map(({ id }) => id).join(', ')}.`,
    );
  }
  await changeSettings(command, () => ({
    address: server.baseUrl,
    model,
    ...(server.mayLeaveMachine && { confirmedOrigin: server.origin }),
    ...(contextTokens !== undefined && { contextTokens }),
  }));
  context.err.write(`Questions go to ${model} at ${server.origin} from now on.\n`);
  if (server.mayLeaveMachine)
    context.err.write('What is heard leaves this machine with them. To stop it: earshot llm off\n');
}

/** The origin of the typed address when its host was typed a second time as the confirmation. */
function confirmedOriginOf(address: string, confirmed: string | undefined): string | undefined {
  if (confirmed === undefined) return undefined;
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.host === confirmed || url.hostname === confirmed)) return url.origin;
  throw badUsage(`--confirm-remote must name the host of the address, ${url?.host ?? address}.`);
}

async function settingsOf(command: Command): Promise<LlmSettings> {
  const folder = await openDataFolder({ path: command.optsWithGlobals<LlmFlags>().data });
  return (await loadSettings(folder.settingsPath)).llm;
}

async function changeSettings(
  command: Command,
  change: (settings: LlmSettings) => LlmSettings,
): Promise<void> {
  const folder = await openDataFolder({ path: command.optsWithGlobals<LlmFlags>().data });
  const settings = await loadSettings(folder.settingsPath);
  await saveSettings(folder.settingsPath, { ...settings, llm: change(settings.llm) });
}

async function clientOf(
  address: string | undefined,
  command: Command,
  apiKey: string | undefined,
): Promise<LlmClient> {
  const settings = await settingsOf(command);
  const typed = address ?? settings.address;
  if (typed === undefined)
    throw badUsage('No language model is chosen. Give an address, or run: earshot llm find');
  return new LlmClient({ server: readServerAddress(typed, settings.confirmedOrigin), apiKey });
}

function renderModels(models: readonly LlmModel[]): string {
  if (models.length === 0) return '  no model is loaded\n';
  const lines = models.map(
    ({ id, contextTokens }) => `  ${id}${contextTokens === undefined ? '' : `  ${contextTokens} tokens`}\n`,
  );
  return lines.join('');
}
