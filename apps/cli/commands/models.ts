import type { Command } from 'commander';
import { EarshotError } from '#protocol';
import {
  installHubPackage,
  isHubPackage,
  loadSettings,
  openDataFolder,
  type HubInstallOptions,
  type InstallProgress,
  type ModelStore,
} from '#session';
import { refuseExtraWords } from '../arguments.ts';
import { commandName, type CommandContext } from '../context.ts';
import { untilInterrupted } from '../interrupt-signal.ts';
import { ProgressPrinter } from '../progress-printer.ts';
import { renderModels } from '../render/models.ts';
import { openModels } from '../stores.ts';
import { addConvertCommand } from './models-convert.ts';
import { addDownloadCommand } from './models-download.ts';

/** `earshot models`: the packages that the engines need. */
export function addModelsCommand(program: Command, context: CommandContext): void {
  const models = program.command('models').description('list, install, verify and remove model packages');
  const openStore = (command: Command): Promise<ModelStore> => {
    const { data } = command.optsWithGlobals<{ data?: string }>();
    return openModels(data, commandName(context.environment));
  };

  models
    .command('list', { isDefault: true })
    .allowExcessArguments()
    .description('the packages and their state')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }, command: Command) => {
      refuseExtraWords(models, command);
      const list = await (await openStore(command)).list();
      if (options.json) context.out.write(`${JSON.stringify(list, undefined, 2)}\n`);
      else context.out.write(renderModels(list, context.out.columns));
    });

  models
    .command('install')
    .description('download a package and verify every file of it; goes on where a download was broken off')
    .argument('<name>', 'name of the package; opus-mt-en-zh and its kin translate, and come from the hub')
    .option('--hub <url>', 'page of the owner of packages that come from a hub (else the setting)')
    .action(async (name: string, { hub }: { hub?: string }, command: Command) => {
      const { data } = command.optsWithGlobals<{ data?: string }>();
      const progress = new ProgressPrinter(context.err);
      try {
        await untilInterrupted(async (signal) => {
          const options = { onProgress: (step: InstallProgress) => progress.show(step), signal };
          if (isHubPackage(name)) await installFromHub(name, hub, data, options);
          else await (await openStore(command)).install(name, options);
        });
      } finally {
        progress.finish();
      }
      context.err.write(`${name} is installed.\n`);
    });

  models
    .command('verify')
    .description('check every file of a package, or of all installed ones, against its hash')
    .argument('[name]', 'name of the package')
    .action(async (name: string | undefined, _options, command: Command) => {
      const store = await openStore(command);
      const names =
        name === undefined ? (await store.list()).filter(isHere).map((model) => model.name) : [name];
      if (names.length === 0) context.err.write('No models are installed.\n');
      const broken: string[] = [];
      for (const each of names) {
        const { state, problems } = await store.verify(each);
        if (state === 'installed') context.out.write(`${each}: every file is as it should be.\n`);
        else broken.push(`${each} (${problems.join('; ') || 'not installed'})`);
      }
      if (broken.length > 0) {
        const repair = broken.length === 1 ? 'Install it again' : 'Install them again';
        throw new EarshotError('model-corrupt', `Not as it should be: ${broken.join(', ')}. ${repair}.`);
      }
    });

  models
    .command('remove')
    .description('remove a package from this machine')
    .argument('<name>', 'name of the package')
    .action(async (name: string, _options, command: Command) => {
      const removed = await (await openStore(command)).remove(name);
      context.err.write(
        removed ? `${name} is removed.\n` : `${name} is not installed; there is nothing to remove.\n`,
      );
    });

  addConvertCommand(models, context);
  addDownloadCommand(models, context);
}

async function installFromHub(
  name: string,
  hub: string | undefined,
  data: string | undefined,
  options: Pick<HubInstallOptions, 'onProgress' | 'signal'>,
): Promise<void> {
  const folder = await openDataFolder({ path: data });
  const { translation } = await loadSettings(folder.settingsPath);
  await installHubPackage({
    name,
    hub: hub ?? translation.hub,
    modelsFolder: folder.modelsPath,
    ...options,
  });
}

function isHere({ state }: { readonly state: string }): boolean {
  return state !== 'missing';
}
