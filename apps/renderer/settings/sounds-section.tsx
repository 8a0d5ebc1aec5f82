import { soundActionSchema, type SoundClassSettings } from '#protocol';
import { Button } from '../components/button.tsx';
import { Choice } from '../components/controls.tsx';
import { SoundSign } from '../icons/icon.tsx';
import { soundName } from '../text/sound-names.ts';
import { useText } from '../text/text-context.tsx';
import { SettingRow } from './setting-row.tsx';
import { SOUND_GROUPS, SOUND_GROUP_NAMES } from './sound-groups.ts';
import { useSettings } from './use-settings.ts';

/** Probabilities from which a sound is believed that can be chosen in place of the package's own. */
const THRESHOLDS = [0.3, 0.5, 0.7, 0.9] as const;
const USUAL = 'usual';
const OFF = 'off';

/** What happens for each sound that Earshot knows by name. */
export function SoundsSection() {
  const { t } = useText();
  const [{ sounds }, change] = useSettings();
  const changed = Object.keys(sounds.classes).length > 0;
  return (
    <>
      <p className="second setting-note">{t('sounds.words')}</p>
      {SOUND_GROUP_NAMES.map((group) => (
        <section key={group} aria-labelledby={`sounds-${group}`}>
          <h3 id={`sounds-${group}`} className="settings-group">
            {t(`sounds.group-${group}`)}
          </h3>
          {SOUND_GROUPS[group].map((label) => (
            <SoundRow key={label} label={label} />
          ))}
        </section>
      ))}
      {changed && (
        <p className="setting-foot">
          <Button
            icon="undo"
            onClick={() => change((present) => ({ ...present, sounds: { ...present.sounds, classes: {} } }))}
          >
            {t('sounds.reset')}
          </Button>
        </p>
      )}
    </>
  );
}

function SoundRow({ label }: { readonly label: string }) {
  const { t, formats } = useText();
  const [settings, change] = useSettings();
  const chosen = settings.sounds.classes[label];
  const name = soundName(t, label);
  const set = (next: SoundClassSettings | undefined) =>
    change((present) => {
      const { [label]: _, ...others } = present.sounds.classes;
      const asUsual =
        next === undefined || (next.enabled && next.action === undefined && next.threshold === undefined);
      const classes = asUsual ? others : { ...others, [label]: next };
      return { ...present, sounds: { ...present.sounds, classes } };
    });
  const act = (value: string) => {
    const { action: _, ...rest } = chosen ?? { enabled: true };
    const action = soundActionSchema.safeParse(value);
    set({ ...rest, enabled: value !== OFF, ...(action.success ? { action: action.data } : {}) });
  };
  const believe = (value: string) => {
    const { threshold: _, ...rest } = chosen ?? { enabled: true };
    set({ ...rest, ...(value === USUAL ? {} : { threshold: Number(value) }) });
  };
  const off = chosen?.enabled === false;
  const threshold = chosen?.threshold;
  const steps = [...new Set([...THRESHOLDS, ...(threshold === undefined ? [] : [threshold])])].sort();
  return (
    <SettingRow label={name} icon={<SoundSign label={label} />}>
      {(id) => (
        <div className="sound-choices">
          <span id={`${id}-sure`} className="unseen">
            {t('sounds.sure-label', { sound: name })}
          </span>
          <Choice
            labelledBy={`${id}-sure`}
            compact
            disabled={off}
            value={threshold === undefined ? USUAL : String(threshold)}
            options={[
              { value: USUAL, label: t('sounds.sure-usual') },
              ...steps.map((value) => ({
                value: String(value),
                label: t('sounds.sure-from', { percent: formats.percent(value) }),
              })),
            ]}
            onChange={believe}
          />
          <Choice
            labelledBy={id}
            compact
            value={off ? OFF : (chosen?.action ?? USUAL)}
            options={[
              { value: USUAL, label: t('sounds.act-usual') },
              ...soundActionSchema.options.map((value) => ({ value, label: t(`sounds.act-${value}`) })),
              { value: OFF, label: t('sounds.act-off') },
            ]}
            onChange={act}
          />
        </div>
      )}
    </SettingRow>
  );
}
