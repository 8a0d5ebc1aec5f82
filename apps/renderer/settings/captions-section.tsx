import { settingsSchema } from '#protocol';
import { Button } from '../components/button.tsx';
import { Range, Segments } from '../components/controls.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const CONTRASTS = settingsSchema.shape.captions.unwrap().shape.contrast.unwrap().options;

/** The captions window: its size, its colours, whether clicks go through it. */
export function CaptionsSection() {
  const { t, formats } = useText();
  const { door } = useApp();
  const [{ captions }, change] = useSettings();
  const hasWindow = useAppState((state) => state.info?.abilities.captionsWindow === true);
  const set = (part: Partial<typeof captions>) =>
    change((present) => ({ ...present, captions: { ...present.captions, ...part } }));
  const open = () => {
    if (door.desktop) void door.desktop.desktop('captions.show', {});
    else window.open('captions.html', 'earshot-captions', 'popup,width=900,height=200');
  };
  return (
    <>
      <SettingRow
        label={t('captions.window')}
        detail={t(hasWindow ? 'captions.window-detail' : 'captions.browser-detail')}
      >
        {() => (
          <Button icon="captions" onClick={open}>
            {t('captions.open')}
          </Button>
        )}
      </SettingRow>
      <SettingRow label={t('captions.contrast')}>
        {(id) => (
          <Segments
            labelledBy={id}
            value={captions.contrast}
            options={CONTRASTS.map((value) => ({ value, label: t(`captions.${value}`) }))}
            onChange={(contrast) => set({ contrast })}
          />
        )}
      </SettingRow>
      <SettingRow label={t('captions.size')}>
        {(id) => (
          <div className="setting-range">
            <Range
              labelledBy={id}
              min={80}
              max={400}
              step={10}
              value={captions.textScalePercent}
              valueText={formats.percent(captions.textScalePercent / 100)}
              onChange={(textScalePercent) => set({ textScalePercent })}
            />
            <output className="time">{formats.percent(captions.textScalePercent / 100)}</output>
          </div>
        )}
      </SettingRow>
      {hasWindow && (
        <ToggleRow
          label={t('captions.locked')}
          detail={t('captions.locked-detail')}
          checked={captions.locked}
          onChange={(locked) => {
            set({ locked });
            void door.desktop?.desktop('captions.lock', { locked });
          }}
        />
      )}
    </>
  );
}
