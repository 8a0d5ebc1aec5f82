import { EarshotError, type Settings } from '#protocol';
import { findSystemSpeaker, type Speaker } from '#session';

/**
 * The system's voice as the person has set it.
 *
 * @throws EarshotError `device-unavailable` when the system has none, `bad-input` for a name that is no voice's.
 */
export async function openSpeaker({ name }: Settings['voice']): Promise<Speaker> {
  const speaker = await findSystemSpeaker({ voice: name });
  if (speaker) return speaker;
  throw new EarshotError(
    'device-unavailable',
    'This system has no voice that Earshot can use. Install espeak-ng or speech-dispatcher, or leave --speak away.',
  );
}
