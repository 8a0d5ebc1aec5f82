import { useEffect } from 'react';
import { Button } from '../components/button.tsx';
import { Mark } from '../icons/icon.tsx';
import { LevelMeter } from '../settings/level-meter.tsx';
import { ModelEntry } from '../settings/models-section.tsx';
import { useSettings } from '../settings/use-settings.ts';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { isListening } from '../store/app-state.ts';
import { Stream } from '../stream/stream.tsx';
import { useText } from '../text/text-context.tsx';
import { isEngineReady } from './engine-ready.ts';
import './welcome.css';

type Step = 1 | 2 | 3;

/** Three steps at most, the last of which ends in reading one's own words. */
export function WelcomePage({ step }: { readonly step: Step }) {
  const { t } = useText();
  return (
    <main className="page welcome" aria-label={t('welcome.label')}>
      <div className="welcome-card">
        <p className="welcome-name">
          <Mark />
          {t('app.name')}
        </p>
        <p className="small second" role="status">
          {t('welcome.step', { step, steps: 3 })}
        </p>
        {step === 1 && <WhatItDoes />}
        {step === 2 && <WhatItNeeds />}
        {step === 3 && <HearYourself />}
      </div>
    </main>
  );
}

function WhatItDoes() {
  const { t } = useText();
  const { show } = useApp();
  const ready = useEngineReady();
  return (
    <>
      <h1>{t('welcome.title')}</h1>
      <p className="welcome-words">{t('welcome.words')}</p>
      <ul className="welcome-points">
        <li>{t('welcome.point-local')}</li>
        <li>{t('welcome.point-quiet')}</li>
        <li>{t('welcome.point-yours')}</li>
      </ul>
      <div className="welcome-foot">
        <Button tone="primary" onClick={() => show.go({ name: 'welcome', step: ready ? 3 : 2 })}>
          {t('welcome.next')}
        </Button>
      </div>
    </>
  );
}

function useEngineReady(): boolean {
  const [{ engine }] = useSettings();
  const models = useAppState((state) => state.models);
  return isEngineReady(engine, models);
}

function WhatItNeeds() {
  const { t } = useText();
  const { show } = useApp();
  const [settings] = useSettings();
  const models = useAppState((state) => state.models);
  const needed = models.filter(({ engine, state }) => engine === settings.engine && state !== 'installed');
  const ready = useEngineReady();
  return (
    <>
      <h1>{t('welcome.models-title')}</h1>
      <p className="welcome-words">{t('welcome.models-words')}</p>
      <ul className="models">
        {needed.map((model) => (
          <ModelEntry key={model.name} model={model} />
        ))}
      </ul>
      <div className="welcome-foot">
        <Button tone="quiet" onClick={() => show.go({ name: 'welcome', step: 1 })}>
          {t('common.back')}
        </Button>
        <Button tone="primary" disabled={!ready} onClick={() => show.go({ name: 'welcome', step: 3 })}>
          {t('welcome.next')}
        </Button>
      </div>
    </>
  );
}

function HearYourself() {
  const { t } = useText();
  const { show, listening, keeping } = useApp();
  const [, change] = useSettings();
  const host = useAppState((state) => state.host);
  const live = useAppState((state) => state.live);
  const nativeMicrophone = useAppState((state) => state.info?.abilities.nativeMicrophone === true);
  const on = isListening(host);
  const heard = live.timeline.lineCount > 0;
  useEffect(() => {
    if (!nativeMicrophone) return;
    void keeping.meter(true);
    return () => void keeping.meter(false);
  }, [keeping, nativeMicrophone]);
  const finish = () => {
    change((present) => ({ ...present, welcomed: true }));
    show.go({ name: 'now' });
  };
  return (
    <>
      <h1>{t('welcome.hear-title')}</h1>
      <p className="welcome-words">{t(on ? 'welcome.hear-say' : 'welcome.hear-words')}</p>
      <div className="welcome-level">
        <span id="welcome-level" className="small second">
          {t('settings.level')}
        </span>
        <LevelMeter labelledBy="welcome-level" />
      </div>
      {heard && (
        <div className="welcome-stream">
          <Stream view={live} startedAtMs={host.startedAtMs} follows jump={undefined} />
        </div>
      )}
      {heard && <p className="welcome-good">{t('welcome.hear-good')}</p>}
      <div className="welcome-foot">
        {!heard && (
          <Button tone="quiet" onClick={finish}>
            {t('welcome.skip')}
          </Button>
        )}
        {!on && !heard && (
          <Button tone="primary" icon="microphone" onClick={() => void listening.start()}>
            {t('pulse.listen')}
          </Button>
        )}
        {heard && (
          <Button tone="primary" onClick={finish}>
            {t('welcome.done')}
          </Button>
        )}
      </div>
    </>
  );
}
