import { Hint } from '../components/button.tsx';
import { Icon } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useNow } from '../shell/use-now.ts';
import { isListening, type AppState } from '../store/app-state.ts';
import type { TextKey } from '../text/catalogue.ts';
import { useText } from '../text/text-context.tsx';
import { PulseStrip } from './pulse-strip.tsx';
import { SourceMenu } from './source-menu.tsx';
import './pulse.css';

const ACTIVITY_TEXT = {
  idle: 'activity.idle',
  starting: 'activity.starting',
  listening: 'activity.listening',
  restarting: 'activity.restarting',
  'source-lost': 'activity.source-lost',
  finishing: 'activity.finishing',
} as const satisfies Record<AppState['host']['activity'], TextKey>;

/** The foot of the window: the toggle, how long, from where, and the heartbeat of decisions. */
export function Pulse() {
  const { t } = useText();
  const host = useAppState((state) => state.host);
  const control = useAppState((state) => state.info?.abilities.control !== false);
  return (
    <footer className="pulse" aria-label={t('pulse.foot')}>
      {control && <ListenToggle />}
      <div className="pulse-words">
        <span className="pulse-activity small" role="status">
          {t(
            host.held === true && host.activity === 'listening'
              ? 'activity.held'
              : ACTIVITY_TEXT[host.activity],
          )}
        </span>
        {isListening(host) && host.startedAtMs !== undefined && <Elapsed sinceMs={host.startedAtMs} />}
        {control && <SourceMenu />}
      </div>
      <PulseStrip />
    </footer>
  );
}

function ListenToggle() {
  const { t } = useText();
  const { listening } = useApp();
  const host = useAppState((state) => state.host);
  const connected = useAppState((state) => state.connection === 'open');
  const on = isListening(host);
  const label = t(on ? 'pulse.stop' : 'pulse.listen');
  return (
    <Hint text={label} keys={t('keys.space')}>
      <button
        type="button"
        className="listen-toggle"
        data-on={on}
        disabled={!connected || host.activity === 'finishing'}
        onClick={() => void listening.toggle()}
      >
        <Icon name={on ? 'stop' : 'microphone'} />
        <span>{label}</span>
      </button>
    </Hint>
  );
}

function Elapsed({ sinceMs }: { readonly sinceMs: number }) {
  const { formats } = useText();
  const nowMs = useNow(1000);
  return <span className="pulse-elapsed time">{formats.stream((nowMs - sinceMs) / 1000)}</span>;
}
