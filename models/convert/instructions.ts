import { readFileSync } from 'node:fs';
import { EarshotError, type ConvertRequest, type Lane } from '#protocol';

type Instructions = NonNullable<ConvertRequest['instructions']>;

/** What lanes are told that nobody gave an instruction; the assist lane has the one that the model was trained with. */
const USUAL_INSTRUCTIONS: Partial<Record<Lane, string>> = {
  transcribe: 'Write down what is said in the audio, word for word.',
  sounds: 'When you hear a sound that is not speech, say in a few words what it is.',
};

/** A recording that goes into the package. */
export interface Recording {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The instructions of a package as its manifest has them, and the recordings among them. */
export interface PlannedInstructions {
  readonly byLane: Instructions;
  readonly recordings: readonly Recording[];
}

/**
 * Decides what each lane is told.
 * @throws EarshotError `bad-usage` for an instruction without its lane, a translate lane without one, or a recording in
 * another form than 16 kHz mono WAV of 16 bits.
 */
export function planInstructions(lanes: readonly Lane[], given: Instructions = {}): PlannedInstructions {
  const stray = (Object.keys(given) as Lane[]).find((lane) => !lanes.includes(lane));
  if (stray) {
    throw new EarshotError(
      'bad-usage',
      `There is an instruction for ${stray}, but the package has no such lane.`,
    );
  }
  const byLane: Instructions = {};
  const recordings: Recording[] = [];
  for (const lane of lanes) {
    const instruction = given[lane];
    const usual = USUAL_INSTRUCTIONS[lane];
    if (instruction?.kind === 'spoken') {
      const path = `instruction-${lane}.wav`;
      recordings.push({ path, bytes: readRecording(instruction.path) });
      byLane[lane] = { kind: 'spoken', path };
    } else if (instruction) {
      byLane[lane] = instruction;
    } else if (usual !== undefined) {
      byLane[lane] = { kind: 'text', text: usual };
    } else if (lane === 'translate') {
      throw new EarshotError(
        'bad-usage',
        'The translate lane wants to be told the language, such as --instruct "translate=Provide Spanish language output for the audio."',
      );
    }
  }
  return { byLane, recordings };
}

function readRecording(path: string): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new EarshotError('bad-usage', `The recording ${path} cannot be read.`);
  }
  if (isPackageWav(bytes)) return bytes;
  throw new EarshotError(
    'bad-usage',
    `${path} is no 16 kHz mono WAV of 16 bits, the one form that a package holds.`,
  );
}

function isPackageWav(bytes: Buffer): boolean {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') return false;
  let fits = false;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (at + 8 + size > bytes.length) return false;
    if (name === 'fmt ' && size >= 16) {
      const [format, channels, bits] = [8, 10, 22].map((offset) => bytes.readUInt16LE(at + offset));
      fits = format === 1 && channels === 1 && bits === 16 && bytes.readUInt32LE(at + 12) === 16_000;
    }
    if (name === 'data') return fits && size > 0;
    at += 8 + size + (size & 1);
  }
  return false;
}
