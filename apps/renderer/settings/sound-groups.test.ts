import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { SOUND_GROUPS } from './sound-groups.ts';

const labelsSchema = z.object({ labels: z.array(z.object({ label: z.string() })) });

it('every sound that the package names can be set, once; nothing else can', () => {
  const path = join(import.meta.dirname, '../../../models/earshot-sounds/labels.json');
  const { labels } = labelsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  // `other` is what has no name and is never shown.
  const named = labels.map(({ label }) => label).filter((label) => label !== 'other');
  const offered = Object.values(SOUND_GROUPS).flat();
  expect([...offered].sort()).toEqual([...named].sort());
});
