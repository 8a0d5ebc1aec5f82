import { useEffect } from 'react';
import { ENGINE_LANES, LANES, lanesFor, withNeededLanes, type Lane } from '#protocol';
import { Choice } from '../components/controls.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { HotkeyRecorder } from './hotkey-recorder.tsx';
import { LevelMeter } from './level-meter.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

/** The microphone with its live level, the lanes, and the key that toggles listening. */
export function ListeningSection() {
  const { t } = useText();
  const { listening } = useApp();
  const [settings, change] = useSettings();
  const abilities = useAppState((state) => state.info?.abilities);
  const platform = useAppState((state) => state.info?.platform);
  const served = ENGINE_LANES[settings.engine];
  const lanes = lanesFor(settings.engine, settings.lanes);
  /** Another lane that is on goes by what this one says. */
  const needed = (lane: Lane) =>
    lanes.includes(lane) &&
    withNeededLanes(
      settings.engine,
      lanes.filter((name) => name !== lane),
    ).includes(lane);
  const setLane = (lane: Lane, on: boolean) => {
    const chosen = LANES.filter((name) => (name === lane ? on : lanes.includes(name)));
    if (chosen.length === 0) return;
    const next = withNeededLanes(settings.engine, chosen);
    change((present) => ({ ...present, lanes: next }));
    void listening.setLanes(next);
  };
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
        <ToggleRow
          key={lane}
          label={t(`lane.${lane}`)}
          detail={t(
            needed(lane)
              ? 'settings.lane-needed'
              : served.includes(lane)
                ? `lane.${lane}-detail`
                : 'settings.lane-not-served',
          )}
          checked={lanes.includes(lane)}
          disabled={!served.includes(lane) || needed(lane) || (lanes.length === 1 && lanes.includes(lane))}
          onChange={(on) => setLane(lane, on)}
        />
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
