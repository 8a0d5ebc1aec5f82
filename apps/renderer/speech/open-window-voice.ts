import type { App } from '../actions/app.ts';
import { onlyVoice } from './only-voice.ts';
import { WindowVoice } from './window-voice.ts';

/** Lets a window speak where its browser can, and no other window of it does. */
export function openWindowVoice(
  page: Window,
  { door, store, nowMs }: App,
): Pick<WindowVoice, 'dispose'> | undefined {
  if (!('speechSynthesis' in page)) return undefined;
  const turn = onlyVoice(page.navigator);
  const voice = new WindowVoice({
    door,
    synthesis: page.speechSynthesis,
    utterance: (sentence) => new SpeechSynthesisUtterance(sentence),
    settings: () => store.getState().settings,
    isWanted: () => store.getState().host.speaks === 'window' && turn.isMine(),
    saying: (replyId) => store.setState({ saying: replyId }),
    nowMs,
  });
  // Whoever wants silence takes the reply away.
  store.subscribe(({ saying }, before) => {
    if (saying === undefined && before.saying !== undefined) voice.silence();
  });
  return {
    dispose: () => {
      voice.dispose();
      turn.dispose();
    },
  };
}
