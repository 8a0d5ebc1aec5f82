import { useMemo } from 'react';
import type { DoorSearchHit } from '#protocol';
import { Icon, SoundSign } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { soundName } from '../text/sound-names.ts';
import { useText } from '../text/text-context.tsx';
import { highlighted } from './highlighted.ts';
import './sessions.css';

/** Hits in everything that was heard, by session; each leads to its moment. */
export function SearchPage() {
  const { t, formats } = useText();
  const { nowMs } = useApp();
  const { hits, text, status } = useAppState((state) => state.search);
  const groups = useMemo(() => bySession(hits), [hits]);
  const words = text.trim();
  const summary =
    status === 'failed'
      ? t('search.failed')
      : hits.length > 0
        ? t('search.hits', { count: hits.length, words })
        : status === 'searching'
          ? t('search.searching')
          : t('search.none', { words });
  return (
    <main className="page search-page" aria-label={t('search.label')}>
      <h1 className="unseen">{t('search.label')}</h1>
      <p className="search-summary" role="status">
        {summary}
      </p>
      {status === 'done' && hits.length === 0 && <p className="second">{t('search.none-detail')}</p>}
      {groups.map(({ id, title, startedAtMs, entries }) => (
        <section key={id} className="search-group" aria-label={title}>
          <h2>
            {title} <span className="small second">{formats.day(startedAtMs, nowMs())}</span>
          </h2>
          <ul>
            {entries.map((hit) => (
              <li key={`${hit.entryType}-${hit.entryId}`}>
                <Hit hit={hit} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </main>
  );
}

function Hit({ hit }: { readonly hit: DoorSearchHit }) {
  const { t, formats } = useText();
  const { library } = useApp();
  // A sound is kept by its label; it is read by its name.
  const sound = hit.entryType === 'sound' ? soundName(t, hit.text.replaceAll(' ', '_')) : undefined;
  const parts =
    sound === undefined
      ? highlighted(hit.text, hit.highlights)
      : highlighted(sound, [{ start: 0, end: sound.length }]);
  return (
    <button type="button" className="hit" onClick={() => void library.open(hit.sessionId, hit.startSeconds)}>
      <span className="hit-time small time">{formats.stream(hit.startSeconds)}</span>
      <HitSign hit={hit} />
      <span className="hit-text">
        {parts.map(({ text, marked, start }) =>
          marked ? <mark key={start}>{text}</mark> : <span key={start}>{text}</span>,
        )}
      </span>
    </button>
  );
}

function HitSign({ hit }: { readonly hit: DoorSearchHit }) {
  switch (hit.entryType) {
    case 'sound':
      return <SoundSign label={hit.text.replaceAll(' ', '_')} />;
    case 'reply':
      return <Icon name="reply" />;
    case 'translation':
      return <Icon name="language" />;
    case 'transcript':
      return <Icon name="transcribe" />;
  }
}

function bySession(hits: readonly DoorSearchHit[]) {
  const groups = new Map<
    number,
    { id: number; title: string; startedAtMs: number; entries: DoorSearchHit[] }
  >();
  for (const hit of hits) {
    const { sessionId: id, sessionTitle: title, startedAtMs } = hit;
    const group = groups.get(id) ?? { id, title, startedAtMs, entries: [] };
    group.entries.push(hit);
    groups.set(id, group);
  }
  return [...groups.values()];
}
