import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { EarshotError, settingsSchema, toEarshotError, type Settings } from '#protocol';
import { systemCode, writeFileAtomically } from './storage/atomic-file.ts';
import { readingLanguage } from './translation/reading-language.ts';

/**
 * What the person has set; defaults where nothing is, the system's language to read among them. A file that cannot be understood is reported and never
 * touched: it may hold an hour of somebody's choices and one typing error.
 *
 * @throws EarshotError `bad-input` that names file and field.
 */
export async function loadSettings(path: string, language = readingLanguage()): Promise<Settings> {
  const value: { translation?: unknown } = await readSettingsObject(path);
  const settings = checkSettings(value, path);
  if (value.translation instanceof Object && 'target' in value.translation) return settings;
  return { ...settings, translation: { ...settings.translation, target: language } };
}

/**
 * Saves settings whole or not at all. Fields that this version does not know stay in the file, so that a newer
 * version finds its own again.
 *
 * @throws EarshotError `bad-input` when the settings or the file that is there are broken, `disk-full`, `read-only`.
 */
export async function saveSettings(path: string, settings: Settings): Promise<void> {
  const checked = checkSettings(settings, path);
  const known = new Set(Object.keys(settingsSchema.shape));
  const existing = await readSettingsObject(path);
  // Written over, one field that cannot be read would cost the person all the others.
  checkSettings(existing, path);
  const unknown = Object.entries(existing).filter(([key]) => !known.has(key));
  const text = JSON.stringify({ ...checked, ...Object.fromEntries(unknown) }, undefined, 2);
  await writeFileAtomically(path, text + '\n');
}

async function readSettingsObject(path: string): Promise<object> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return {};
    throw toEarshotError(thrown, 'store-failed');
  }
  // Editors on Windows like to put a byte order mark in front, which JSON does not know.
  text = text.replace(/^\uFEFF/, '').trim();
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw brokenSettings(path, `it is not valid JSON (${reason})`, thrown);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw brokenSettings(path, 'it must hold one object in braces');
  }
  return value;
}

function checkSettings(value: object, path: string): Settings {
  const result = settingsSchema.safeParse(value);
  if (result.success) return result.data;
  throw brokenSettings(path, result.error.issues.map(describeIssue).join('; '), result.error);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `"${issue.path.join('.')}": ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

function brokenSettings(path: string, reason: string, cause?: unknown): EarshotError {
  const oneLine = reason.replace(/\s+/g, ' ');
  return new EarshotError(
    'bad-input',
    `The settings file ${path} is broken: ${oneLine}. Correct or delete it.`,
    {
      cause,
    },
  );
}
