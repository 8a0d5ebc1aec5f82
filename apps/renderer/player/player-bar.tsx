import { IconButton } from '../components/button.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import './player.css';

/** What plays, above the pulse; nothing while nothing does. */
export function PlayerBar() {
  const { t, formats } = useText();
  const { playing: actions, library } = useApp();
  const playing = useAppState((state) => state.playing);
  const title = useAppState(({ sessions, host }) => {
    const known = sessions.find(({ id }) => id === playing?.sessionId);
    return known?.title ?? (playing?.sessionId === host.sessionId ? host.sourceLabel : undefined) ?? '';
  });
  const held = useAppState(({ host }) => host.held === true);
  if (!playing) return null;
  const paused = playing.status === 'paused';
  return (
    <section className="player" aria-label={t('player.label')} data-status={playing.status}>
      <IconButton
        icon={paused ? 'play' : 'pause'}
        label={t(paused ? 'player.resume' : 'player.pause')}
        disabled={playing.status === 'loading'}
        onClick={actions.togglePause}
      />
      <button
        type="button"
        className="player-place"
        onClick={() => void library.open(playing.sessionId, playing.seconds)}
      >
        <span className="time">{formats.stream(playing.seconds)}</span>
        <span className="player-title">{title}</span>
        <span className="unseen">{t('player.show')}</span>
      </button>
      {held && (
        <p className="player-held small second" role="status">
          {t('player.held')}
        </p>
      )}
      <IconButton icon="close" label={t('player.stop')} keys={t('keys.escape')} onClick={actions.stop} />
    </section>
  );
}
