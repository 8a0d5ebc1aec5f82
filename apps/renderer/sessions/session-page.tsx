import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import type { SessionInfo } from '#protocol';
import { Button, IconButton } from '../components/button.tsx';
import { Icon } from '../icons/icon.tsx';
import { problemTitle } from '../notices/problem-text.ts';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { Stream } from '../stream/stream.tsx';
import { useText } from '../text/text-context.tsx';
import './sessions.css';

/** A session that was heard before. */
export function SessionPage() {
  const { t } = useText();
  const opened = useAppState((state) => state.opened);
  const jump = useAppState((state) => state.jump);
  if (!opened) return <main className="page" />;
  const { session, problem, timeline, sessionId } = opened;
  const empty = timeline.moments.length === 0;
  return (
    <main className="page page-stream" aria-label={session?.title ?? t('session.label')}>
      {session && <SessionHead key={`head-${session.id}`} session={session} />}
      {problem && (
        <div className="calm" role="alert">
          <Icon name="warning" />
          <p className="calm-title">{t(problemTitle(problem.code))}</p>
          <p className="second">{problem.message}</p>
        </div>
      )}
      {!problem && session && empty && (
        <div className="calm">
          <p className="calm-title">{t('session.empty')}</p>
        </div>
      )}
      {!problem && !session && (
        <div className="calm" role="status">
          <p className="second">{t('session.opening')}</p>
        </div>
      )}
      {!empty && (
        <Stream
          key={`stream-${sessionId}`}
          view={opened}
          startedAtMs={session?.live === true ? session.startedAtMs : undefined}
          follows={false}
          jump={jump}
        />
      )}
    </main>
  );
}

function SessionHead({ session }: { readonly session: SessionInfo }) {
  const { t, formats } = useText();
  const { show, library } = useApp();
  const control = useAppState((state) => state.info?.abilities.control !== false);
  const [renaming, setRenaming] = useState(false);
  const facts = [
    formats.date(session.startedAtMs),
    formats.minute(session.startedAtMs),
    ...(session.durationSeconds === undefined ? [] : [formats.duration(session.durationSeconds)]),
    t('session.lines', { count: session.counts.transcripts }),
    t('session.sounds', { count: session.counts.sounds }),
  ];
  return (
    <header className="session-head">
      <IconButton
        icon="arrow-left"
        label={t('common.back')}
        keys={t('keys.escape')}
        onClick={() => show.leave()}
      />
      <div className="session-title">
        {renaming ? (
          <RenameField session={session} onDone={() => setRenaming(false)} />
        ) : (
          <h1>{session.title}</h1>
        )}
        <p className="small second time">{facts.join(' · ')}</p>
      </div>
      <div className="session-actions">
        {control && (
          <Button
            className="button session-action"
            icon="reply"
            onClick={() => show.showAsk({ session: { id: session.id, title: session.title } })}
          >
            <span>{t('session.ask')}</span>
          </Button>
        )}
        <Button
          className="button session-action"
          icon="export"
          onClick={() => show.showExport({ sessionId: session.id, title: session.title })}
        >
          <span>{t('session.export')}</span>
        </Button>
        {control && (
          <DropdownMenu.Root modal={false}>
            <DropdownMenu.Trigger asChild>
              <button type="button" className="icon-button" aria-label={t('session.more')}>
                <Icon name="more" />
              </button>
            </DropdownMenu.Trigger>
            <DropdownMenu.Content
              className="menu"
              align="end"
              sideOffset={4}
              collisionPadding={8}
              onCloseAutoFocus={(event) => renaming && event.preventDefault()}
            >
              <DropdownMenu.Item className="menu-item" onSelect={() => setRenaming(true)}>
                <Icon name="pencil" />
                <span className="menu-item-text">{t('session.rename')}</span>
              </DropdownMenu.Item>
              <DropdownMenu.Item
                className="menu-item"
                data-tone="danger"
                onSelect={() => void library.remove(session.id, session.title)}
              >
                <Icon name="trash" />
                <span className="menu-item-text">{t('session.remove')}</span>
              </DropdownMenu.Item>
            </DropdownMenu.Content>
          </DropdownMenu.Root>
        )}
      </div>
    </header>
  );
}

function RenameField({ session, onDone }: { readonly session: SessionInfo; readonly onDone: () => void }) {
  const { t } = useText();
  const { library } = useApp();
  const [title, setTitle] = useState(session.title);
  const keep = () => {
    if (title.trim() !== session.title) void library.rename(session.id, title);
    onDone();
  };
  return (
    <input
      className="field"
      aria-label={t('session.rename-label')}
      value={title}
      maxLength={200}
      // The person has just asked to write here.
      ref={(element) => element?.focus()}
      onChange={(event) => setTitle(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) keep();
        if (event.key === 'Escape') onDone();
      }}
    />
  );
}
