import { toEarshotError } from '#protocol';

/** What providers say when they cannot be used, and what that means here. */
const KNOWN: readonly (readonly [said: RegExp, means: string])[] = [
  [
    /get a WebGPU adapter/i,
    'no graphics adapter with a driver that it can use (Vulkan, Direct3D 12 or Metal). Install or update the driver.',
  ],
  [
    /requires f16|shader-f16/i,
    'the graphics adapter has no numbers of 16 bits, in which the past is to be kept. Choose --cache float32.',
  ],
  [/failed to load shared library/i, 'its libraries are not installed beside the runtime.'],
];

const LONGEST = 300;

/** Why a provider cannot be used, in one line: what to do where that is known, else what it said. */
export function reasonOf(error: unknown): string {
  const said = toEarshotError(error).message.replace(/\s+/g, ' ').trim();
  return KNOWN.find(([pattern]) => pattern.test(said))?.[1] ?? said.slice(0, LONGEST);
}
