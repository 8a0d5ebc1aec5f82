import { Choice } from '../components/controls.tsx';
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
  const options = [...new Set([...INTERVALS_SECONDS, present])].sort((a, b) => a - b);
  return (
    <>
      <ToggleRow
        label={t('notifications.enabled')}
        detail={t('notifications.enabled-detail')}
        checked={notifications.enabled}
        onChange={(enabled) => set({ enabled })}
      />
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
