import { useId, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Choice } from '../components/controls.tsx';
import { Confirm } from '../components/dialog.tsx';
import { Icon } from '../icons/icon.tsx';
import { useApp } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { remoteHostOf } from './remote-host.ts';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const RETENTION_DAYS = [7, 30, 90, 365] as const;
const FOR_EVER = 'for-ever';
const JOURNAL_MINUTES = [30, 60, 180, 480] as const;

/** What is kept, for how long, and the way to delete all of it. */
export function PrivacySection() {
  const { t, formats } = useText();
  const [settings, change] = useSettings();
  const remote = remoteHostOf(settings.llm);
  const days = settings.retentionDays;
  const dayOptions = [...new Set([...RETENTION_DAYS, ...(days === undefined ? [] : [days])])].sort(
    (a, b) => a - b,
  );
  const minutes = settings.journal.maxMinutes;
  const minuteOptions = [...new Set([...JOURNAL_MINUTES, minutes])].sort((a, b) => a - b);
  return (
    <>
      {remote === undefined ? (
        <p className="second setting-note">{t('privacy.statement')}</p>
      ) : (
        <p className="setting-warning">
          <Icon name="warning" />
          <span>{t('privacy.statement-remote', { host: remote })}</span>
        </p>
      )}
      <ToggleRow
        label={t('privacy.journal')}
        detail={t('privacy.journal-detail')}
        checked={settings.journal.enabled}
        onChange={(enabled) =>
          change((present) => ({ ...present, journal: { ...present.journal, enabled } }))
        }
      />
      {settings.journal.enabled && (
        <ToggleRow
          label={t('privacy.keep-sound')}
          detail={t('privacy.keep-sound-detail')}
          checked={settings.journal.afterEnd}
          onChange={(afterEnd) =>
            change((present) => ({ ...present, journal: { ...present.journal, afterEnd } }))
          }
        />
      )}
      {settings.journal.enabled && (
        <SettingRow label={t('privacy.journal-most')}>
          {(id) => (
            <Choice
              labelledBy={id}
              value={String(minutes)}
              options={minuteOptions.map((value) => ({
                value: String(value),
                label: formats.duration(value * 60),
              }))}
              onChange={(value) =>
                change((present) => ({
                  ...present,
                  journal: { ...present.journal, maxMinutes: Number(value) },
                }))
              }
            />
          )}
        </SettingRow>
      )}
      <SettingRow label={t('privacy.retention')} detail={t('privacy.retention-detail')}>
        {(id) => (
          <Choice
            labelledBy={id}
            value={days === undefined ? FOR_EVER : String(days)}
            options={[
              { value: FOR_EVER, label: t('privacy.for-ever') },
              ...dayOptions.map((count) => ({ value: String(count), label: t('privacy.days', { count }) })),
            ]}
            onChange={(value) =>
              change(({ retentionDays: _, ...rest }) => ({
                ...rest,
                ...(value === FOR_EVER ? {} : { retentionDays: Number(value) }),
              }))
            }
          />
        )}
      </SettingRow>
      <DeleteEverything />
    </>
  );
}

function DeleteEverything() {
  const { t } = useText();
  const { keeping, library } = useApp();
  const [typed, setTyped] = useState('');
  const id = useId();
  const word = t('privacy.delete-word');
  return (
    <SettingRow label={t('privacy.delete')} detail={t('privacy.delete-detail')}>
      {() => (
        <Confirm
          trigger={
            <Button tone="danger" icon="trash">
              {t('privacy.delete-button')}
            </Button>
          }
          title={t('privacy.delete-title')}
          words={t('privacy.delete-words')}
          action={t('privacy.delete-button')}
          ready={typed.trim().toLocaleLowerCase() === word.toLocaleLowerCase()}
          onOpen={() => setTyped('')}
          onConfirm={() => void keeping.deleteEverything().then(() => library.refresh())}
        >
          <div className="confirm-typed">
            <label htmlFor={id}>{t('privacy.delete-type', { word })}</label>
            <input
              id={id}
              className="field"
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </div>
        </Confirm>
      )}
    </SettingRow>
  );
}
