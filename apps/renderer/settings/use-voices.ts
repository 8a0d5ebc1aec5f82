import { useEffect, useState } from 'react';
import type { HostVoiceInfo, Settings } from '#protocol';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';

/** Who would say a reply, and why it is not the one that was chosen. */
export interface SpeakerChoice {
  readonly by: Settings['voice']['by'];
  readonly program?: string | undefined;
  readonly reason?: 'none' | 'away';
}

export type Voice = Readonly<HostVoiceInfo['voices'][number]>;

/** The voices of the browser; they may only be known a moment after the page has opened. */
export function useWindowVoices(): readonly SpeechSynthesisVoice[] {
  const [voices, setVoices] = useState<readonly SpeechSynthesisVoice[]>([]);
  useEffect(() => {
    if (!('speechSynthesis' in window)) return;
    const { speechSynthesis } = window;
    const read = () => setVoices(speechSynthesis.getVoices());
    read();
    speechSynthesis.addEventListener('voiceschanged', read);
    return () => speechSynthesis.removeEventListener('voiceschanged', read);
  }, []);
  return voices;
}

/** The voice of the host's computer, those of the window's language first; undefined until the host has told. */
export function useHostVoice(): HostVoiceInfo | undefined {
  const { door } = useApp();
  const { language } = useText();
  const [info, setInfo] = useState<HostVoiceInfo>();
  useEffect(() => {
    let gone = false;
    door.ask('voice.describe', {}).then(
      (found) => gone || setInfo(found),
      () => gone || setInfo({ voices: [] }),
    );
    return () => void (gone = true);
  }, [door]);
  if (!info) return undefined;
  const isOwn = (voice: Voice) => (voice.language?.split('-')[0] === language ? 0 : 1);
  return { ...info, voices: info.voices.toSorted((left, right) => isOwn(left) - isOwn(right)) };
}

/** Who speaks when the next reply comes. */
export function useSpeakerChoice(
  { by }: Settings['voice'],
  host: HostVoiceInfo | undefined,
): SpeakerChoice | undefined {
  const speaks = useAppState((state) => state.host.speaks);
  if (by === 'window') return { by };
  if (!host) return undefined;
  if (host.program === undefined) return { by: 'window', reason: 'none' };
  return speaks === 'window' ? { by: 'window', reason: 'away' } : { by, program: host.program };
}
