import type { EarshotEvent } from '#protocol';
import type { AudioSource } from '#audio';

/** A transcript says whose words it holds, where the source can tell; everything else stays as it is. */
export function withChannel(event: EarshotEvent, source: AudioSource | undefined): EarshotEvent {
  if (event.type !== 'transcript' || !source?.channelBetween) return event;
  const channel = source.channelBetween(event.start, event.end);
  return channel ? { ...event, channel } : event;
}
