import { interfaceLanguageSchema, type InterfaceLanguage } from '#protocol';
import { Choice, Range, Segments } from '../components/controls.tsx';
import { LANGUAGE_NAMES } from '../text/catalogue.ts';
import { useText } from '../text/text-context.tsx';
import { SettingRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const THEMES = ['system', 'light', 'dark'] as const;
const SYSTEM = 'system';

/** Light or dark, the size of everything that is read, and the language of the windows. */
export function AppearanceSection() {
  const { t, formats } = useText();
  const [{ appearance }, change] = useSettings();
  const set = (part: Partial<typeof appearance>) =>
    change((present) => ({ ...present, appearance: { ...present.appearance, ...part } }));
  const scale = appearance.textScalePercent;
  return (
    <>
      <SettingRow label={t('appearance.theme')}>
        {(id) => (
          <Segments
            labelledBy={id}
            value={appearance.theme}
            options={THEMES.map((value) => ({ value, label: t(`appearance.${value}`) }))}
            onChange={(theme) => set({ theme })}
          />
        )}
      </SettingRow>
      <SettingRow label={t('appearance.size')} detail={t('appearance.size-detail')}>
        {(id) => (
          <div className="setting-range">
            <Range
              labelledBy={id}
              min={80}
              max={300}
              step={10}
              value={scale}
              valueText={formats.percent(scale / 100)}
              onChange={(textScalePercent) => set({ textScalePercent })}
            />
            <output className="time">{formats.percent(scale / 100)}</output>
          </div>
        )}
      </SettingRow>
      <p className="line-words appearance-sample">{t('appearance.sample')}</p>
      <SettingRow label={t('appearance.language')}>
        {(id) => (
          <Choice
            labelledBy={id}
            value={appearance.language ?? (SYSTEM as typeof SYSTEM | InterfaceLanguage)}
            options={[
              { value: SYSTEM, label: t('appearance.system-language') },
              ...interfaceLanguageSchema.options.map((value) => ({ value, label: LANGUAGE_NAMES[value] })),
            ]}
            onChange={(value) =>
              change((present) => {
                const { language: _, ...rest } = present.appearance;
                return { ...present, appearance: value === SYSTEM ? rest : { ...rest, language: value } };
              })
            }
          />
        )}
      </SettingRow>
    </>
  );
}
