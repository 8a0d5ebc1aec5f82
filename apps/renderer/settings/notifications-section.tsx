import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { Choice } from '../components/controls.tsx';
import { announcesItself } from '../notifications/open-browser-announcer.ts';
import { useApp } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const INTERVALS_SECONDS = [0, 10, 30, 60, 300, 900] as const;

/** When the assistant may announce itself outside the window. */
export function NotificationsSection() {
  const { t, formats } = useText();
  const [{ notifications }, change] = useSettings();
  const set = (part: Partial<typeof notifications>) =>
    change((present) => ({ ...present, notifications: { ...present.notifications, ...part } }));
  const present = notifications.minIntervalSeconds;
  const inBrowser = announcesItself(window, useApp());
  const options = [...new Set([...INTERVALS_SECONDS, present])].sort((a, b) => a - b);
  return (
    <>
      <ToggleRow
        label={t('notifications.enabled')}
        detail={t('notifications.enabled-detail')}
        checked={notifications.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      {inBrowser && <BrowserRow />}
      <ToggleRow
        label={t('notifications.quiet')}
        detail={t('notifications.quiet-detail')}
        checked={notifications.doNotDisturb}
        disabled={!notifications.enabled}
        onChange={(doNotDisturb) => set({ doNotDisturb })}
      />
      <SettingRow label={t('notifications.interval')} detail={t('notifications.interval-detail')}>
        {(id) => (
          <Choice
            labelledBy={id}
            disabled={!notifications.enabled}
            value={String(present)}
            options={options.map((seconds) => ({
              value: String(seconds),
              label: seconds === 0 ? t('notifications.no-interval') : formats.duration(seconds),
            }))}
            onChange={(value) => set({ minIntervalSeconds: Number(value) })}
          />
        )}
      </SettingRow>
    </>
  );
}

/** A browser shows nothing of a page before the person has allowed it, and asks them only at a click. */
function BrowserRow() {
  const { t } = useText();
  const [permission, setPermission] = useState(Notification.permission);
  if (permission === 'granted') return null;
  const blocked = permission === 'denied';
  return (
    <SettingRow
      label={t('notifications.browser')}
      detail={t(blocked ? 'notifications.browser-blocked' : 'notifications.browser-detail')}
    >
      {(id) =>
        !blocked && (
          <Button
            aria-describedby={id}
            onClick={() => void Notification.requestPermission().then(setPermission)}
          >
            {t('notifications.browser-allow')}
          </Button>
        )
      }
    </SettingRow>
  );
}
