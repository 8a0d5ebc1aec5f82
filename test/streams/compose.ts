import { SAMPLE_RATE_HZ, roundSeconds, secondsToSamples } from '#protocol';
import type { ClipLoader } from './clip.ts';
import { fadeEdges, setActiveLevel, soundBounds } from './level.ts';
import { Random } from './random.ts';
import type { Scenario, ScenarioItem, ScenarioLayer } from './scenario.ts';
import { renderTexture, type Texture } from './texture.ts';
import type { Timeline, TimelineEntry } from './timeline.ts';

export interface ComposedStream {
  /** 16 kHz mono, −1 … 1. */
  readonly samples: Float32Array;
  readonly timeline: Timeline;
}

/** Air kept around a voice, so that no first or last sound is cut by the composer itself. */
const AIR_BEFORE_SECONDS = 0.3;
const AIR_AFTER_SECONDS = 0.5;
const CLIP_FADE_SECONDS = 0.06;
const ZONE_FADE_SECONDS = 0.5;

interface RenderedItem {
  readonly samples: Float32Array;
  /** The entry with times relative to the item's first sample; a gap has none. */
  readonly entry?: TimelineEntry;
}

/** Cuts a clip to its sound with some air, at a level, with smooth edges. */
function cutToSound(
  clip: Float32Array,
  levelDb: number,
): { samples: Float32Array; start: number; end: number } {
  const bounds = soundBounds(clip);
  const first = Math.max(0, secondsToSamples(bounds.startSeconds - AIR_BEFORE_SECONDS));
  const last = Math.min(clip.length, secondsToSamples(bounds.endSeconds + AIR_AFTER_SECONDS));
  const samples = fadeEdges(setActiveLevel(clip.slice(first, last), levelDb), CLIP_FADE_SECONDS);
  const offset = first / SAMPLE_RATE_HZ;
  return { samples, start: bounds.startSeconds - offset, end: bounds.endSeconds - offset };
}

function clipsOf(texture: Texture): string[] {
  return texture.kind === 'clips' ? [...texture.paths] : [];
}

async function renderItem(item: ScenarioItem, load: ClipLoader, random: Random): Promise<RenderedItem> {
  switch (item.kind) {
    case 'gap':
      return { samples: new Float32Array(secondsToSamples(item.seconds)) };
    case 'speech': {
      const { samples, start, end } = cutToSound(await load(item.clip), item.levelDb);
      return { samples, entry: { kind: 'speech', start, end, text: item.text, clip: item.clip } };
    }
    case 'sound': {
      const clip = await load(item.clip);
      const part = item.maxSeconds === undefined ? clip : clip.slice(0, secondsToSamples(item.maxSeconds));
      const { samples, start, end } = cutToSound(part, item.levelDb);
      return { samples, entry: { kind: 'sound', start, end, label: item.label, clips: [item.clip] } };
    }
    case 'zone': {
      const texture = await renderTexture(item.texture, secondsToSamples(item.seconds), load, random);
      const samples = fadeEdges(setActiveLevel(texture, item.levelDb), ZONE_FADE_SECONDS);
      return { samples, entry: { kind: 'zone', start: 0, end: item.seconds, label: item.label } };
    }
  }
}

function mixInto(target: Float32Array, samples: Float32Array, position: number): void {
  for (let index = 0; index < samples.length && position + index < target.length; index += 1) {
    target[position + index] = (target[position + index] ?? 0) + (samples[index] ?? 0);
  }
}

/** The entry moved to its place in the stream. */
function placed(entry: TimelineEntry, offsetSeconds: number): TimelineEntry {
  return {
    ...entry,
    start: roundSeconds(entry.start + offsetSeconds),
    end: roundSeconds(entry.end + offsetSeconds),
  };
}

async function mixLayer(target: Float32Array, layer: ScenarioLayer, load: ClipLoader, random: Random) {
  const first = secondsToSamples(layer.startSeconds);
  const length = Math.min(secondsToSamples(layer.endSeconds), target.length) - first;
  if (length <= 0) throw new Error(`the layer "${layer.label}" lies outside the stream`);
  const texture = setActiveLevel(await renderTexture(layer.texture, length, load, random), layer.levelDb);
  mixInto(target, fadeEdges(texture, layer.fadeSeconds), first);
  const end = (first + length) / SAMPLE_RATE_HZ;
  return {
    kind: 'sound' as const,
    start: roundSeconds(layer.startSeconds),
    end: roundSeconds(end),
    label: layer.label,
    clips: clipsOf(layer.texture),
  };
}

/**
 * Composes one long recording from a score and says what is in it. The same scenario gives the same samples.
 * Every join is faded, nothing clips, and a voice is never cut.
 */
export async function composeStream(scenario: Scenario, load: ClipLoader): Promise<ComposedStream> {
  const random = new Random(scenario.seed);
  const rendered: RenderedItem[] = [];
  for (const item of scenario.items) rendered.push(await renderItem(item, load, random));

  const samples = new Float32Array(rendered.reduce((sum, item) => sum + item.samples.length, 0));
  const entries: TimelineEntry[] = [];
  let position = 0;
  for (const item of rendered) {
    samples.set(item.samples, position);
    if (item.entry) entries.push(placed(item.entry, position / SAMPLE_RATE_HZ));
    position += item.samples.length;
  }
  for (const layer of scenario.layers ?? []) entries.push(await mixLayer(samples, layer, load, random));
  if (scenario.background) {
    const { texture, levelDb } = scenario.background;
    mixInto(samples, setActiveLevel(await renderTexture(texture, samples.length, load, random), levelDb), 0);
  }
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = Math.min(0.999, Math.max(-0.999, samples[index] ?? 0));
  }
  return {
    samples,
    timeline: {
      name: scenario.name,
      seed: scenario.seed,
      sampleRateHz: SAMPLE_RATE_HZ,
      durationSeconds: roundSeconds(samples.length / SAMPLE_RATE_HZ),
      entries: entries.sort((left, right) => left.start - right.start),
    },
  };
}
