import { useEffect } from 'react';
import { LANES } from '#protocol';
import { Choice } from '../components/controls.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { HotkeyRecorder } from './hotkey-recorder.tsx';
import { LaneRow } from './lane-row.tsx';
import { LevelMeter } from './level-meter.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

/** The microphone with its live level, the lanes, and the key that toggles listening. */
export function ListeningSection() {
  const { t } = useText();
  const [settings, change] = useSettings();
  const abilities = useAppState((state) => state.info?.abilities);
  const platform = useAppState((state) => state.info?.platform);
  return (
    <>
      {abilities?.nativeMicrophone === true && <MicrophoneRow />}
      <SettingRow label={t('settings.level')} detail={t('settings.level-detail')}>
        {(id) => <LevelMeter labelledBy={id} />}
      </SettingRow>
      {abilities?.systemAudio === false && (
        <p className="small second setting-note">
          {t(platform === 'linux' ? 'settings.no-system-audio-linux' : 'settings.no-system-audio')}
        </p>
      )}
      <h3 className="settings-group">{t('settings.lanes')}</h3>
      {LANES.map((lane) => (
        <LaneRow key={lane} lane={lane} />
      ))}
      {(abilities?.hotkey === true || abilities?.startAtLogin === true) && (
        <h3 className="settings-group">{t('settings.desktop')}</h3>
      )}
      {abilities?.hotkey === true && (
        <SettingRow label={t('settings.hotkey')} detail={t('settings.hotkey-detail')}>
          {(id) => <HotkeyRecorder labelledBy={id} />}
        </SettingRow>
      )}
      {abilities?.startAtLogin === true && (
        <>
          <ToggleRow
            label={t('settings.start-at-login')}
            checked={settings.desktop.startAtLogin}
            onChange={(startAtLogin) =>
              change((present) => ({ ...present, desktop: { ...present.desktop, startAtLogin } }))
            }
          />
          <ToggleRow
            label={t('settings.close-to-tray')}
            detail={t('settings.close-to-tray-detail')}
            checked={settings.desktop.closeToTray}
            onChange={(closeToTray) =>
              change((present) => ({ ...present, desktop: { ...present.desktop, closeToTray } }))
            }
          />
        </>
      )}
      {abilities?.updates === true && (
        <ToggleRow
          label={t('settings.updates')}
          detail={t('settings.updates-detail')}
          checked={settings.desktop.lookForUpdates}
          onChange={(lookForUpdates) =>
            change((present) => ({ ...present, desktop: { ...present.desktop, lookForUpdates } }))
          }
        />
      )}
    </>
  );
}

const SYSTEM_DEFAULT = '';

function MicrophoneRow() {
  const { t } = useText();
  const { keeping } = useApp();
  const [settings, change] = useSettings();
  const devices = useAppState((state) => state.devices);
  const chosen = settings.microphone;
  useEffect(() => {
    void keeping.refreshDevices();
    void keeping.meter(true, chosen);
    return () => void keeping.meter(false);
  }, [keeping, chosen]);
  const names = [
    ...new Set([...(devices ?? []).map(({ name }) => name), ...(chosen === undefined ? [] : [chosen])]),
  ];
  const options = [
    { value: SYSTEM_DEFAULT, label: t('source.default') },
    ...names.map((name) => ({
      value: name,
      label: name,
      ...(devices?.every((device) => device.name !== name) === true
        ? { detail: t('settings.device-away') }
        : {}),
    })),
  ];
  return (
    <SettingRow
      label={t('settings.microphone')}
      detail={t(devices?.length === 0 ? 'settings.no-devices' : 'settings.microphone-detail')}
    >
      {(id) => (
        <Choice
          labelledBy={id}
          value={chosen ?? SYSTEM_DEFAULT}
          options={options}
          onChange={(name) =>
            change(({ microphone: _, ...rest }) => ({
              ...rest,
              ...(name === SYSTEM_DEFAULT ? {} : { microphone: name }),
            }))
          }
        />
      )}
    </SettingRow>
  );
}
