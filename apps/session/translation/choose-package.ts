import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { EarshotError, type ModelManifest } from '#protocol';
import type { ModelStatus, ModelStore } from '../models/model-store.ts';
import { readManifest, resolveInstalled } from './installed.ts';
import { SPOKEN } from './reading-language.ts';

/** A package that translates into the language that is wanted, checked. */
export interface ChosenPackage {
  readonly name: string;
  readonly folder: string;
}

/** What is looked for. */
export interface PackageWish {
  /** ISO 639-1. */
  readonly target: string;
  /** A package by its name, or by its folder when there is a slash in it; any for the language when absent. */
  readonly package?: string | undefined;
  /** How the command is called here, for messages that say what to run. */
  readonly command: string;
}

/**
 * Finds the package for a language. Without a choice the bundled ones come first.
 * @throws EarshotError `model-missing`, `model-corrupt`, `not-found`, or `bad-usage` for a package of other languages.
 */
export async function choosePackage(store: ModelStore, wish: PackageWish): Promise<ChosenPackage> {
  const { target, package: wanted, command } = wish;
  if (wanted !== undefined && /[/\\]/.test(wanted)) return chooseFolder(resolve(wanted), wish);
  const candidates = (await store.list()).filter(
    ({ name, manifest }) => manifest.lanes.includes('translate') && (wanted ?? name) === name,
  );
  if (wanted !== undefined && candidates.length === 0) {
    throw new EarshotError(
      'model-missing',
      `The translation package ${wanted} is not installed. Install it with: ${command} models install ${wanted}`,
    );
  }
  for (const { name, manifest, folder } of candidates) {
    const pair = await pairOf(manifest, folder);
    if (translates(pair, target)) return { name, folder: await store.resolve(name) };
    if (wanted !== undefined) throw wrongPair(name, pair, target);
  }
  throw new EarshotError(
    'model-missing',
    `No translation package to "${target}" is installed. Install one with: ${command} models install opus-mt-${SPOKEN}-${target}`,
  );
}

/** True when any package that translates is on this machine. */
export async function hasTranslationPackage(store: ModelStore): Promise<boolean> {
  return (await store.list()).some(
    ({ manifest, state }: ModelStatus) => state === 'installed' && manifest.lanes.includes('translate'),
  );
}

async function chooseFolder(folder: string, { target }: PackageWish): Promise<ChosenPackage> {
  const manifest = readManifest(join(folder, 'manifest.json'));
  if (!manifest) {
    throw new EarshotError(
      'model-missing',
      `${folder} is no model package: it has no manifest.json that can be read.`,
    );
  }
  const pair = await pairOf(manifest, folder);
  if (!translates(pair, target)) throw wrongPair(basename(folder), pair, target);
  const advice = 'Copy the package there again, or list its files anew in manifest.json.';
  return { name: manifest.name, folder: await resolveInstalled(manifest, folder, advice) };
}

interface Pair {
  readonly source: string;
  readonly targets: readonly string[];
}

const configSchema = z.object({
  source_language: z.string(),
  target_languages: z.record(z.string(), z.string()),
});

/** The languages of a package; undefined when it does not say: whether it fits is then found when it is loaded. */
async function pairOf(manifest: ModelManifest, folder: string): Promise<Pair | undefined> {
  if (manifest.translation) return manifest.translation;
  try {
    const json: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    const config = configSchema.safeParse(json);
    if (!config.success) return undefined;
    return { source: config.data.source_language, targets: Object.keys(config.data.target_languages) };
  } catch {
    return undefined;
  }
}

function translates(pair: Pair | undefined, target: string): boolean {
  return !pair || (pair.source === SPOKEN && pair.targets.includes(target));
}

function wrongPair(name: string, pair: Pair | undefined, target: string): EarshotError {
  return new EarshotError(
    'bad-usage',
    `The translation package ${name} goes from ${pair?.source ?? '?'} to ${pair?.targets.join(', ') ?? '?'}, not from ${SPOKEN} to ${target}. Choose another language or package.`,
  );
}
