import { expect, it } from 'vitest';
import { findModels } from '../sounds/hear.ts';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder } from '../streams/data-folder.ts';
import { composeCase, echoCases } from './cases.ts';
import { judgeEcho, type EchoResult } from './echo.ts';
import { hasEspeak } from './room.ts';

const dataFolder = findDataFolder();

it.skipIf(dataFolder === undefined || !hasEspeak())(
  'Earshot’s own words are not heard as anybody’s, a person’s are kept: 19 of 20',
  async () => {
    if (dataFolder === undefined) return;
    const load = createClipLoader(dataFolder);
    const models = await findModels();
    const results: EchoResult[] = [];
    for (const parts of echoCases(dataFolder))
      results.push(await judgeEcho(await composeCase(parts, load), models));
    if (process.env['EARSHOT_SHOW'])
      process.stdout.write(results.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const wrong = results.filter(({ right }) => !right);
    expect(results).toHaveLength(20);
    expect(wrong.length, JSON.stringify(wrong)).toBeLessThanOrEqual(1);
  },
  480_000,
);
