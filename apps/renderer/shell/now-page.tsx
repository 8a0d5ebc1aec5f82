import { Button } from '../components/button.tsx';
import { Mark } from '../icons/icon.tsx';
import { remoteHostOf } from '../settings/remote-host.ts';
import { isListening, type AppState } from '../store/app-state.ts';
import { Stream } from '../stream/stream.tsx';
import { useText } from '../text/text-context.tsx';
import { useApp, useAppState } from './app-context.tsx';

/** The page that writes itself while Earshot listens, and stays when it stops. */
export function NowPage() {
  const { t } = useText();
  const live = useAppState((state) => state.live);
  const host = useAppState((state) => state.host);
  const jump = useAppState((state) => state.jump);
  const empty = live.timeline.moments.length === 0;
  return (
    <main className="page page-stream" aria-label={t('rail.now')}>
      <h1 className="unseen">{t('rail.now')}</h1>
      {empty ? (
        <EmptyNow />
      ) : (
        <Stream
          key={live.sessionId}
          view={live}
          startedAtMs={host.startedAtMs}
          follows
          jump={jump}
          footer={!isListening(host) && <p className="stream-end small">{t('now.stopped')}</p>}
        />
      )}
    </main>
  );
}

/** Why listening cannot begin at once: what a model of the chosen engine lacks. */
function idleModel({ models, settings }: AppState): 'missing' | 'coming' | 'damaged' | undefined {
  const engine = settings?.engine ?? 'embedded';
  const states = new Set(models.filter((model) => model.engine === engine).map(({ state }) => state));
  if (states.has('corrupt')) return 'damaged';
  if (states.has('installing') || states.has('verifying')) return 'coming';
  return states.has('missing') || states.has('partial') ? 'missing' : undefined;
}

function EmptyNow() {
  const { t } = useText();
  const { listening, show } = useApp();
  const host = useAppState((state) => state.host);
  const control = useAppState((state) => state.info?.abilities.control !== false);
  const connected = useAppState((state) => state.connection === 'open');
  const refused = useAppState((state) => state.connection === 'refused');
  const remote = useAppState(
    ({ settings }) => settings !== undefined && remoteHostOf(settings.llm) !== undefined,
  );
  const on = isListening(host);
  const idleDetail = remote ? 'now.idle-detail-remote' : 'now.idle-detail';
  const starting = host.activity === 'starting';
  const model = useAppState((state) => idleModel(state));
  // The notice above says why, and what to do.
  if (refused)
    return (
      <div className="calm">
        <Mark />
        <p className="calm-title">{t('now.refused')}</p>
      </div>
    );
  return (
    <div className="calm" role="status">
      <Mark />
      <p className="calm-title">{t(starting ? 'now.starting' : on ? 'now.nothing-yet' : 'now.idle')}</p>
      <p className="second">
        {t(
          starting
            ? 'now.starting-detail'
            : on
              ? 'now.nothing-yet-detail'
              : model === undefined
                ? idleDetail
                : `now.idle-model-${model}`,
        )}
      </p>
      {!on && control && model === 'damaged' && (
        <Button tone="primary" icon="model" onClick={() => show.go({ name: 'settings', section: 'models' })}>
          {t('notice.open-models')}
        </Button>
      )}
      {!on && control && (model === undefined || model === 'missing') && (
        <Button tone="primary" icon="microphone" disabled={!connected} onClick={() => void listening.start()}>
          {t('pulse.listen')}
        </Button>
      )}
    </div>
  );
}
