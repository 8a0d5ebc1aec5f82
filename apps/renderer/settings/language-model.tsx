import { useCallback, useEffect, useState } from 'react';
import type { LlmServerInfo, Settings } from '#protocol';
import { Button } from '../components/button.tsx';
import { Choice } from '../components/controls.tsx';
import { Icon } from '../icons/icon.tsx';
import { useApp } from '../shell/app-context.tsx';
import { problemOf } from '../store/problem.ts';
import { useText } from '../text/text-context.tsx';
import { LanguageModelSearch } from './language-model-search.tsx';
import { remoteHostOf } from './remote-host.ts';
import { SettingRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

/** Who answers what the assistant does not know: nobody, until the person has chosen a server. */
export function LanguageModel() {
  const [{ llm }] = useSettings();
  return llm.address === undefined ? <LanguageModelSearch /> : <ChosenModel key={llm.address} llm={llm} />;
}

type Trial =
  | { readonly state: 'running' }
  | { readonly state: 'answered'; readonly text: string; readonly firstWordMs: number }
  | { readonly state: 'failed'; readonly message: string };

/** The chosen server: which of its models, whether it answers, and the way to leave it. */
function ChosenModel({ llm }: { readonly llm: Settings['llm'] }) {
  const { t, formats } = useText();
  const { door } = useApp();
  const [, change] = useSettings();
  const [server, setServer] = useState<LlmServerInfo>();
  const [trouble, setTrouble] = useState<string>();
  const [trial, setTrial] = useState<Trial>();
  const address = llm.address ?? '';
  const remote = remoteHostOf(llm);
  const look = useCallback(() => {
    setTrouble(undefined);
    return door
      .ask('llm.look', { address, ...(remote === undefined ? {} : { confirmedHost: remote }) })
      .then(setServer, (error: unknown) => setTrouble(problemOf(error).message));
  }, [door, address, remote]);
  useEffect(() => void look(), [look]);
  const names = [
    ...new Set([
      ...(server?.models ?? []).map(({ id }) => id),
      ...(llm.model === undefined ? [] : [llm.model]),
    ]),
  ];
  const tryIt = async () => {
    setTrial({ state: 'running' });
    try {
      setTrial({ state: 'answered', ...(await door.ask('llm.test', {})) });
    } catch (error) {
      setTrial({ state: 'failed', message: problemOf(error).message });
    }
  };
  const present = llm.model ?? names[0];
  return (
    <>
      <SettingRow label={t('llm.model')} detail={address}>
        {(id) => (
          <Choice
            labelledBy={id}
            disabled={names.length === 0}
            value={present ?? ''}
            options={names.map((name) => ({ value: name, label: name }))}
            onChange={(model) => {
              setTrial(undefined);
              change((before) => ({ ...before, llm: { ...before.llm, model } }));
            }}
          />
        )}
      </SettingRow>
      {remote !== undefined && (
        <p className="setting-warning">
          <Icon name="warning" />
          <span>{t('llm.leaves', { host: remote })}</span>
        </p>
      )}
      {trouble !== undefined && (
        <p className="setting-warning" role="alert">
          <Icon name="offline" />
          <span>{trouble}</span>
          <Button onClick={() => void look()}>{t('notice.retry')}</Button>
        </p>
      )}
      <div className="setting-foot">
        <Button icon="reply" disabled={trial?.state === 'running'} onClick={() => void tryIt()}>
          {t('llm.test')}
        </Button>
        <Button onClick={() => change((before) => ({ ...before, llm: {} }))}>{t('llm.off')}</Button>
      </div>
      <div role="status">
        {trial?.state === 'running' && <p className="second setting-note">{t('llm.testing')}</p>}
        {trial?.state === 'answered' && (
          <p className="setting-note llm-answer">
            {trial.text}{' '}
            <span className="small second time">
              {t('llm.first-word', { time: formats.milliseconds(trial.firstWordMs) })}
            </span>
          </p>
        )}
        {trial?.state === 'failed' && <p className="setting-note setting-wrong">{trial.message}</p>}
      </div>
    </>
  );
}
