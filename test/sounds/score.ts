/** A stretch of time with a name. */
export interface Labelled {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

export interface Counts {
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
}

export function f1({ hits, misses, falseAlarms }: Counts): number {
  return (2 * hits) / Math.max(1, 2 * hits + misses + falseAlarms);
}

export function addCounts(left: Counts, right: Counts): Counts {
  return {
    hits: left.hits + right.hits,
    misses: left.misses + right.misses,
    falseAlarms: left.falseAlarms + right.falseAlarms,
  };
}

/** Sounds of one label that follow each other within `gapSeconds` as one: three barks are one bout of barking. */
export function joinBouts(sounds: readonly Labelled[], gapSeconds: number): Labelled[] {
  const bouts: { label: string; start: number; end: number }[] = [];
  for (const { label, start, end } of [...sounds].sort((left, right) => left.start - right.start)) {
    const last = bouts.findLast((bout) => bout.label === label);
    if (last && start - last.end <= gapSeconds) last.end = Math.max(last.end, end);
    else bouts.push({ label, start, end });
  }
  return bouts;
}

/** Event-based: a sound is found when its label is right and its beginning within the collar; each truth counts once. */
export function scoreEvents(
  truth: readonly Labelled[],
  said: readonly Labelled[],
  collarSeconds: number,
): Counts {
  const free = new Set(said);
  let hits = 0;
  for (const wanted of truth) {
    let nearest: Labelled | undefined;
    for (const candidate of free) {
      const distance = Math.abs(candidate.start - wanted.start);
      if (candidate.label !== wanted.label || distance > collarSeconds) continue;
      if (!nearest || distance < Math.abs(nearest.start - wanted.start)) nearest = candidate;
    }
    if (!nearest) continue;
    free.delete(nearest);
    hits += 1;
  }
  return { hits, misses: truth.length - hits, falseAlarms: free.size };
}

/** Segment-based: for each second and label, is it there and was it said? */
export function scoreSegments(
  truth: readonly Labelled[],
  said: readonly Labelled[],
  segmentSeconds = 1,
): Counts {
  const wanted = segments(truth, segmentSeconds);
  const given = segments(said, segmentSeconds);
  let hits = 0;
  for (const key of wanted) if (given.has(key)) hits += 1;
  return { hits, misses: wanted.size - hits, falseAlarms: given.size - hits };
}

function segments(sounds: readonly Labelled[], segmentSeconds: number): Set<string> {
  const found = new Set<string>();
  for (const { label, start, end } of sounds) {
    const last = Math.max(Math.floor(start / segmentSeconds), Math.ceil(end / segmentSeconds) - 1);
    for (let index = Math.floor(start / segmentSeconds); index <= last; index += 1)
      found.add(`${label} ${index}`);
  }
  return found;
}

/** Mean over the true classes of the F1 of one answer for each clip. */
export function macroF1(answers: readonly { readonly wanted: string; readonly said: string }[]): number {
  const classes = [...new Set(answers.map(({ wanted }) => wanted))];
  const scores = classes.map((label) => {
    const hits = answers.filter(({ wanted, said }) => wanted === label && said === label).length;
    const misses = answers.filter(({ wanted, said }) => wanted === label && said !== label).length;
    const falseAlarms = answers.filter(({ wanted, said }) => wanted !== label && said === label).length;
    return f1({ hits, misses, falseAlarms });
  });
  return scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
}
