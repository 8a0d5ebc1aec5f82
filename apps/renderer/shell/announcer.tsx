import { useEffect, useRef, useState } from 'react';
import { momentText } from '../stream/moment-text.ts';
import { useText } from '../text/text-context.tsx';
import { useAppState } from './app-context.tsx';
import type { Moment } from '../store/moment.ts';

/** Announcements that stay in the page; a screen reader has read the older ones. */
const KEPT = 6;

interface Announcement {
  readonly key: string;
  readonly words: string;
  readonly language?: string;
}

/**
 * Reads every final line, reply and sound to a screen reader, once. Partials are silent: the stream itself is no live
 * region, because a region that is corrected is read again.
 */
export function Announcer() {
  const text = useText();
  const moments = useAppState((state) => state.live.timeline.moments);
  const sessionId = useAppState((state) => state.live.sessionId);
  const [spoken, setSpoken] = useState<readonly Announcement[]>([]);
  const known = useRef({ sessionId, keys: new Set<string>(), begun: false });

  useEffect(() => {
    if (known.current.sessionId !== sessionId) known.current = { sessionId, keys: new Set(), begun: true };
    const { keys, begun } = known.current;
    const fresh = moments
      .slice(-20)
      .flatMap((moment) => announcementsOf(moment, text))
      .filter(({ key }) => !keys.has(key));
    for (const { key } of fresh) keys.add(key);
    // What was there before the window came is not news.
    known.current.begun = true;
    if (begun && fresh.length > 0) setSpoken((before) => [...before, ...fresh].slice(-KEPT));
  }, [moments, sessionId, text]);

  return (
    <div
      className="unseen"
      role="log"
      aria-live="polite"
      aria-relevant="additions"
      aria-label={text.t('announcer.label')}
    >
      {spoken.map(({ key, words, language }) => (
        <p key={key} lang={language}>
          {words}
        </p>
      ))}
    </div>
  );
}

function announcementsOf(moment: Moment, text: ReturnType<typeof useText>): Announcement[] {
  switch (moment.kind) {
    case 'line': {
      const { final, language } = moment.transcript;
      return final ? [{ key: moment.key, words: momentText(text, moment), language }] : [];
    }
    case 'reply':
      return moment.reply.final ? [{ key: moment.key, words: momentText(text, moment) }] : [];
    case 'sounds':
      return moment.sounds.map((sound) => ({
        key: `sound-${sound.id}`,
        words: momentText(text, { ...moment, sounds: [sound] }),
      }));
    case 'trouble':
      return [];
  }
}
