import { fixed, table } from '../bench/report.ts';
import { composeStream } from '../streams/compose.ts';
import { hear } from './hear.ts';
import type { SoundsBench, SoundsResult } from './measure.ts';
import { bellsScenario } from './scenes.ts';

/** Bells of two tones, sirens of two tones, and what is near to both, in a room: each by its own name, a bell by no siren's. */
export async function measureBells(bench: SoundsBench): Promise<SoundsResult> {
  const rows = new Map<string, { found: number; count: number; others: Map<string, number> }>();
  let bellsAsSiren = 0;
  for (const seed of bench.quick ? [31] : [31, 32, 33, 34]) {
    bench.progress(`bells, seed ${seed}`);
    const { samples, timeline } = await composeStream(bellsScenario(seed), bench.load);
    const { sounds } = await hear(samples, bench.models);
    for (const entry of timeline.entries) {
      if (entry.kind !== 'sound') continue;
      const name = (entry.clips[0] ?? entry.label).replace(/^made:|#.*$/g, '');
      const said = sounds.filter(({ start, end }) => start < entry.end && end > entry.start);
      const row = rows.get(name) ?? { found: 0, count: 0, others: new Map<string, number>() };
      row.count += 1;
      if (said.some(({ label }) => label === entry.label)) row.found += 1;
      for (const { label } of said) {
        if (label === entry.label) continue;
        row.others.set(label, (row.others.get(label) ?? 0) + 1);
      }
      if (entry.label === 'doorbell' && said.some(({ label }) => label === 'siren')) bellsAsSiren += 1;
      rows.set(name, row);
    }
  }
  const found = [...rows.values()].reduce((sum, row) => sum + row.found, 0);
  const count = [...rows.values()].reduce((sum, row) => sum + row.count, 0);
  const cells = [...rows].map(([name, row]) => [
    name,
    `${row.found} of ${row.count}`,
    [...row.others].map(([label, times]) => `${label} ${times}`).join(', ') || '–',
  ]);
  return {
    body: [
      table(['made sound', 'found', 'also told as'], cells),
      `${found} of ${count} by their own name (${fixed((100 * found) / Math.max(1, count))} %), ${bellsAsSiren} bells told as a siren.`,
    ].join('\n\n'),
    checks: [],
  };
}
