import { longStreamScenario, quietScenario, quietZones } from '../../streams/scenarios.ts';
import { fullText, speechOf, zonesOf, type Timeline } from '../../streams/timeline.ts';
import type { BenchContext } from '../bench-context.ts';
import { eventsOf, runEarshotWell, transcriptText, type EarshotRun } from '../earshot-run.ts';
import { openOffline } from '../offline.ts';
import { placeWords, wordsInZones } from '../placed-words.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { openDemo, writeStream } from '../stream-file.ts';
import { addErrors, compareTexts, wordErrorRate, type ErrorCounts } from '../word-error-rate.ts';

const MOST_POINTS_BEHIND = 3;
const QUICK_SECONDS = 150;
const ZONE_SECONDS = 300;
const QUICK_ZONE_SECONDS = 20;

function listenArguments(path: string): string[] {
  return ['listen', path, '--json', '--no-keep', '--pace', 'live', '--sync'];
}

function finalsOf(run: EarshotRun) {
  return eventsOf(run, 'transcript')
    .map(({ event }) => event)
    .filter((event) => event.final);
}

/** Fifteen minutes of sentences, sounds and quiet zones in one stream, against an offline pass over every sentence. */
export async function measureLongStream(context: BenchContext): Promise<SectionReport> {
  const { dataFolder, loadClip, quick } = context;
  context.progress('composing the long stream');
  const stream =
    dataFolder === undefined
      ? await openDemo()
      : await writeStream(
          context,
          await longStreamScenario(dataFolder, loadClip, quick ? { seconds: QUICK_SECONDS } : {}),
        );
  context.progress('listening to the long stream');
  const run = await runEarshotWell(listenArguments(stream.path), context);
  const streaming = compareTexts(fullText(stream.timeline), transcriptText(run));
  const offline = dataFolder === undefined ? undefined : await offlineErrors(context, stream.timeline);
  const zones = zonesOf(stream.timeline);
  const inZones = [...wordsInZones(stream.timeline, placeWords(finalsOf(run))).values()].flat();
  const rate = wordErrorRate(streaming);
  const offlineRate = offline ? wordErrorRate(offline) : NaN;
  const { substitutions, deletions, insertions } = streaming;
  const zoneSeconds = zones.reduce((sum, zone) => sum + zone.end - zone.start, 0);
  const checks: Check[] = [];
  if (zones.length > 0) {
    checks.push({
      claim: 'nothing written down in the quiet zones',
      measured: words(inZones),
      holds: inZones.length === 0,
    });
  }
  if (offline) {
    const behind = rate - offlineRate;
    checks.push({
      claim: `long stream: within ${MOST_POINTS_BEHIND} points of WER of offline passes over its sentences`,
      measured: `${fixed(behind)} points`,
      holds: behind <= MOST_POINTS_BEHIND,
    });
  }
  return {
    title: 'A long stream',
    body: [
      `One stream of ${fixed(stream.timeline.durationSeconds / 60)} minutes: ${speechOf(stream.timeline).length} utterances at unequal levels, everyday sounds and pauses between them, ${fixed(zoneSeconds / 60)} minutes of quiet zones (${[...new Set(zones.map((zone) => zone.label))].join(', ') || 'none'}).`,
      table(
        [
          'words',
          'WER streaming %',
          'S / D / I',
          'WER offline, sentence by sentence %',
          'difference',
          'words in quiet zones',
        ],
        [
          [
            streaming.referenceWords,
            fixed(rate),
            `${substitutions} / ${deletions} / ${insertions}`,
            fixed(offlineRate),
            fixed(rate - offlineRate),
            inZones.length,
          ],
        ],
      ),
    ],
    checks,
  };
}

/** Each sentence as often as it is in the stream, heard once. */
async function offlineErrors(context: BenchContext, timeline: Timeline): Promise<ErrorCounts | undefined> {
  const offline = await openOffline(context);
  if (!offline) return undefined;
  const heard = new Map<string, ErrorCounts>();
  try {
    for (const { clip, text } of speechOf(timeline)) {
      if (!heard.has(clip))
        heard.set(clip, compareTexts(text, await offline.transcribe(await context.loadClip(clip))));
    }
  } finally {
    await offline.close();
  }
  return addErrors(speechOf(timeline).flatMap(({ clip }) => heard.get(clip) ?? []));
}

/** Each kind of quiet zone alone, five minutes long: nothing may be written down. */
export async function measureQuietZones(context: BenchContext): Promise<SectionReport> {
  const rows: (string | number)[][] = [];
  const checks: Check[] = [];
  for (const zone of quietZones(context.dataFolder)) {
    context.progress(`quiet zone: ${zone.label}`);
    const seconds = context.quick ? QUICK_ZONE_SECONDS : ZONE_SECONDS;
    const stream = await writeStream(context, quietScenario(zone, seconds));
    const run = await runEarshotWell(listenArguments(stream.path), context);
    const written = finalsOf(run).map((event) => event.text);
    const partials = eventsOf(run, 'transcript').filter(
      ({ event }) => !event.final && event.text !== '',
    ).length;
    const kind = zone.texture.kind === 'clips' ? `${zone.texture.paths.length} recordings` : 'synthetic';
    rows.push([zone.label, kind, fixed(seconds / 60), written.length, partials, words(written)]);
    checks.push({
      claim: `${fixed(seconds / 60)} minutes of ${zone.label}: nothing written down`,
      measured: words(written),
      holds: written.length === 0,
    });
  }
  return {
    title: 'Nobody speaks',
    body: [table(['what', 'made of', 'minutes', 'lines', 'tentative texts', 'what was written'], rows)],
    checks,
  };
}

function words(found: readonly string[]): string {
  return found.length === 0 ? 'nothing' : `“${found.join(' ')}”`;
}
