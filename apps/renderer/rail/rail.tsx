import { useRef } from 'react';
import { Button, IconButton } from '../components/button.tsx';
import { ProgressBar } from '../components/controls.tsx';
import { Icon, Mark } from '../icons/icon.tsx';
import { RECORDING_TYPES } from '../imports/recording-types.ts';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { SearchField } from './search-field.tsx';
import { SessionList } from './session-list.tsx';
import './rail.css';

/** The left of the window: now, search, sessions by day, recordings that are being read. */
export function Rail({ narrow }: { readonly narrow: boolean }) {
  const { t } = useText();
  const { show } = useApp();
  const page = useAppState((state) => state.page);
  const control = useAppState((state) => state.info?.abilities.control !== false);
  const after = () => narrow && show.toggleRail(false);
  return (
    <nav className="rail" aria-label={t('rail.label')}>
      <div className="rail-head">
        <span className="rail-name">
          <Mark />
          {t('app.name')}
        </span>
        <IconButton icon="sidebar" label={t('rail.close')} onClick={() => show.toggleRail(false)} />
      </div>
      <SearchField />
      <button
        type="button"
        className="rail-item"
        aria-current={page.name === 'now' ? 'page' : undefined}
        onClick={() => {
          show.go({ name: 'now' });
          after();
        }}
      >
        <Icon name="microphone" />
        <span>{t('rail.now')}</span>
      </button>
      <SessionList onOpen={after} />
      <Imports />
      <div className="rail-foot">
        {control && <ImportButton />}
        <IconButton
          icon="settings"
          label={t('rail.settings')}
          keys={t('keys.settings')}
          onClick={() => {
            show.go({ name: 'settings', section: 'listening' });
            after();
          }}
        />
        <IconButton icon="keys" label={t('rail.keys')} keys="?" onClick={() => show.showKeys(true)} />
      </div>
    </nav>
  );
}

function ImportButton() {
  const { t } = useText();
  const { keeping } = useApp();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button tone="quiet" icon="import" onClick={() => input.current?.click()}>
        {t('rail.import')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={RECORDING_TYPES}
        onChange={(event) => {
          void keeping.importFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

/** Recordings on their way to becoming sessions. */
function Imports() {
  const { t, formats } = useText();
  const { keeping, library } = useApp();
  const imports = useAppState((state) => state.imports);
  if (imports.length === 0) return null;
  return (
    <ul className="imports" aria-label={t('import.label')}>
      {imports.map(({ id, name, state, heardSeconds, durationSeconds, sessionId, problem }) => {
        const fraction = durationSeconds === undefined ? undefined : heardSeconds / durationSeconds;
        return (
          <li key={id} className="import">
            <div className="import-head">
              <span className="import-name">{name}</span>
              <IconButton
                icon="close"
                label={t(state === 'running' ? 'import.cancel' : 'import.forget', { name })}
                onClick={() =>
                  void (state === 'running' ? keeping.cancelImport(id) : keeping.forgetImport(id))
                }
              />
            </div>
            {state === 'running' && <ProgressBar label={name} fraction={fraction} />}
            <p className="small second">
              {state === 'running' &&
                fraction !== undefined &&
                t('import.running', { percent: formats.percent(fraction) })}
              {state === 'running' && fraction === undefined && t('import.reading')}
              {state === 'done' && t('import.done')}
              {state === 'cancelled' && t('import.cancelled')}
              {state === 'failed' && (problem ?? t('import.failed'))}
            </p>
            {state === 'done' && sessionId !== undefined && (
              <Button tone="quiet" onClick={() => void library.open(sessionId)}>
                {t('import.open')}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
