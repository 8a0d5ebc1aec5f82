import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { notices } from '../../build/notices.mjs';

it('names every package that ships, as the lock file has it (run: npm run notices)', async () => {
  expect(await readFile('THIRD_PARTY_NOTICES.md', 'utf8')).toBe(notices());
});
