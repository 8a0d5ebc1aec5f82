import { useState } from 'react';
import type { DoorResult, LlmServerInfo } from '#protocol';
import { Button } from '../components/button.tsx';
import { useApp } from '../shell/app-context.tsx';
import { problemOf } from '../store/problem.ts';
import { useText } from '../text/text-context.tsx';
import { ConfirmRemote } from './confirm-remote.tsx';
import { SettingRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

/** Where Ollama listens by custom. */
const EXAMPLE_ADDRESS = 'http://127.0.0.1:11434';

type Found = DoorResult<'llm.find'>;

/** Finding a language model on this machine, or naming the address of one. */
export function LanguageModelSearch() {
  const { t } = useText();
  const { door } = useApp();
  const [, change] = useSettings();
  const [found, setFound] = useState<Found>();
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState('');
  const [unconfirmed, setUnconfirmed] = useState<LlmServerInfo>();
  const [trouble, setTrouble] = useState<string>();

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await work();
    } catch (error) {
      setTrouble(problemOf(error).message);
    } finally {
      setBusy(false);
    }
  };
  const find = () => attempt(async () => setFound(await door.ask('llm.find', {})));
  const connect = (address: string, confirmedHost?: string) =>
    attempt(async () => {
      const server = await door.ask('llm.look', {
        address,
        ...(confirmedHost === undefined ? {} : { confirmedHost }),
      });
      if (server.models === undefined) {
        setUnconfirmed(server);
        return;
      }
      const [first] = server.models;
      change((before) => ({
        ...before,
        llm: {
          address: server.address,
          ...(first === undefined ? {} : { model: first.id }),
          ...(server.leavesMachine ? { confirmedOrigin: server.origin } : {}),
        },
      }));
    });

  return (
    <>
      <SettingRow label={t('llm.none')} detail={t('llm.none-detail')}>
        {() => (
          <Button icon="search" disabled={busy} onClick={() => void find()}>
            {t('llm.find')}
          </Button>
        )}
      </SettingRow>
      <div role="status">
        {found?.length === 0 && <p className="second setting-note">{t('llm.found-none')}</p>}
        {found?.map(({ name, address, models }) => (
          <SettingRow key={address} label={name} detail={detailOf(address, models)}>
            {(id) => (
              <Button
                aria-describedby={id}
                tone="primary"
                disabled={busy || models.length === 0}
                onClick={() => void connect(address)}
              >
                {t('llm.use')}
              </Button>
            )}
          </SettingRow>
        ))}
      </div>
      <SettingRow label={t('llm.address')} detail={t('llm.address-detail')}>
        {(id) => (
          <form
            className="setting-field setting-field-row"
            onSubmit={(event) => {
              event.preventDefault();
              setUnconfirmed(undefined);
              if (typed.trim() !== '') void connect(typed);
            }}
          >
            <input
              className="field"
              aria-labelledby={id}
              autoComplete="off"
              spellCheck={false}
              inputMode="url"
              maxLength={500}
              placeholder={EXAMPLE_ADDRESS}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
            <Button type="submit" disabled={busy || typed.trim() === ''}>
              {t('llm.connect')}
            </Button>
          </form>
        )}
      </SettingRow>
      {trouble !== undefined && (
        <p className="setting-note setting-wrong" role="alert">
          {trouble}
        </p>
      )}
      {unconfirmed && (
        <ConfirmRemote
          key={unconfirmed.host}
          server={unconfirmed}
          onConfirm={() => void connect(unconfirmed.address, unconfirmed.host)}
          onCancel={() => setUnconfirmed(undefined)}
        />
      )}
    </>
  );
}

function detailOf(address: string, models: Found[number]['models']): string {
  const names = models.slice(0, 3).map(({ id }) => id);
  return [address, ...names, ...(models.length > 3 ? ['…'] : [])].join(' · ');
}
