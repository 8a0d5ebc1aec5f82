/**
 * Writes THIRD_PARTY_NOTICES.md: every package that ships with Earshot, from the lock file, and the models and
 * recordings. Run it after a dependency changes; a test compares the file with what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const MODELS_AND_DATA = `## Models

Fetched on first use, not part of this repository; every file is fixed by its sha256 in \`models/\`.

| model | licence | source |
|---|---|---|
| Moonshine tiny, English | MIT, Useful Sensors, Inc. | npm package @moonshine-ai/moonshine-js |
| Silero VAD 6 | MIT, Silero Team | npm package @ricky0123/vad-web (ISC) |

## Recordings

The demo recording is assembled from works whose licences allow it; each is named in \`resources/demo/ATTRIBUTION.md\`.
The test recordings are named in \`test/fixtures/audio/ATTRIBUTION.md\`.
`;

/** The notices as text. */
export function notices() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const rows = new Map();
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.startsWith('node_modules/') || entry.dev || entry.link) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    rows.set(
      `${name} ${entry.version}`,
      `| ${name} | ${entry.version} | ${entry.license ?? 'see its package'} |`,
    );
  }
  const table = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return [
    '# Third-party notices',
    '',
    'Earshot is licensed under Apache-2.0 (see `LICENSE`). It is built on the work of others:',
    '',
    '## Packages',
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...table,
    '',
    MODELS_AND_DATA,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, 'THIRD_PARTY_NOTICES.md'), notices());
}
