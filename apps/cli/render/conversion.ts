import type { ConversionSummary } from '#protocol';
import type { ConversionProgress } from '#session';
import { count, formatBytes } from './format.ts';
import { renderTable } from './table.ts';

/** What a conversion would write, and what memory it and its result need. */
export function renderPlan(summary: ConversionSummary, columns: number): string {
  const total = summary.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const table = renderTable(
    [{ title: 'file' }, { title: 'size', align: 'right' }],
    [...summary.files.map(({ path, bytes }) => [path, formatBytes(bytes)]), ['all', formatBytes(total)]],
    columns,
  );
  const { layers, width, towerLayers, sessionPositions, positionBytes } = summary;
  const facts = [
    `${count(layers, 'layer')} of width ${width}, ${count(towerLayers, 'layer')} of audio tower, ${summary.precision}`,
    `Reads ${formatBytes(summary.sourceBytes)}; the disk has ${formatBytes(summary.freeBytes)} free.`,
    `Memory: about ${formatBytes(summary.conversionMemoryBytes)} while converting; about ${formatBytes(summary.sessionMemoryBytes)} while listening with ${sessionPositions} positions, ${formatBytes(positionBytes)} for each further one and lane.`,
  ];
  return `${table}${facts.join('\n')}\n`;
}

/** One line of a conversion's progress. */
export function conversionLine({ phase, doneBytes, totalBytes }: ConversionProgress): string {
  const percent = totalBytes > 0 ? Math.floor((100 * doneBytes) / totalBytes) : 100;
  return `${phase} ${percent} % of ${formatBytes(totalBytes)}`;
}
