import { ENGINE_LANES, LANES, lanesFor, withNeededLanes, type Lane } from '#protocol';
import { useApp } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

interface LaneRowProps {
  readonly lane: Lane;
  /** The lane's own name when absent. */
  readonly label?: string;
  /** What the lane is for, in the section's words. */
  readonly detail?: string;
}

/** Switches a lane on and off, in the settings and in what is being listened to. */
export function LaneRow({ lane, label, detail }: LaneRowProps) {
  const { t } = useText();
  const { listening } = useApp();
  const [settings, change] = useSettings();
  const { engine } = settings;
  const lanes = lanesFor(engine, settings.lanes);
  const on = lanes.includes(lane);
  const served = ENGINE_LANES[engine].includes(lane);
  const others = lanes.filter((name) => name !== lane);
  /** Another lane that is on goes by what this one says. */
  const needed = on && withNeededLanes(engine, others).includes(lane);
  const setOn = (wanted: boolean) => {
    const chosen = LANES.filter((name) => (name === lane ? wanted : lanes.includes(name)));
    if (chosen.length === 0) return;
    const next = withNeededLanes(engine, chosen);
    change((present) => ({ ...present, lanes: next }));
    void listening.setLanes(next);
  };
  const purpose = detail ?? t(`lane.${lane}-detail`);
  return (
    <ToggleRow
      label={label ?? t(`lane.${lane}`)}
      detail={needed ? t('settings.lane-needed') : served ? purpose : t('settings.lane-not-served')}
      checked={on}
      disabled={!served || needed || (on && others.length === 0)}
      onChange={setOn}
    />
  );
}
