import { useRef } from 'react';
import { Button, IconButton } from '../components/button.tsx';
import { Icon, Mark } from '../icons/icon.tsx';
import { Imports } from '../imports/imports.tsx';
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
      {control && (
        <button
          type="button"
          className="rail-item"
          onClick={() => {
            show.showAsk({});
            after();
          }}
        >
          <Icon name="reply" />
          <span>{t('rail.ask')}</span>
        </button>
      )}
      <SessionList onOpen={after} />
      <Imports onOpen={after} />
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
