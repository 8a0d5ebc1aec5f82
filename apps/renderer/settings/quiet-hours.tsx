import { useText } from '../text/text-context.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const NIGHT = { startMinute: 22 * 60, endMinute: 7 * 60 } as const;

/** Hours in which the assistant speaks unasked only of danger. */
export function QuietHours() {
  const { t } = useText();
  const [{ sounds }, change] = useSettings();
  const { quietHours } = sounds;
  const set = (next: typeof quietHours) =>
    change((present) => {
      const { quietHours: _, ...rest } = present.sounds;
      return { ...present, sounds: next === undefined ? rest : { ...rest, quietHours: next } };
    });
  return (
    <>
      <ToggleRow
        label={t('assistant.quiet')}
        detail={t('assistant.quiet-detail')}
        checked={quietHours !== undefined}
        onChange={(on) => set(on ? NIGHT : undefined)}
      />
      {quietHours && (
        <SettingRow label={t('assistant.quiet-hours')}>
          {(id) => (
            <div className="setting-range">
              <TimeField
                label={t('assistant.quiet-from')}
                describedBy={id}
                minute={quietHours.startMinute}
                onChange={(startMinute) => set({ ...quietHours, startMinute })}
              />
              <span aria-hidden="true">–</span>
              <TimeField
                label={t('assistant.quiet-to')}
                describedBy={id}
                minute={quietHours.endMinute}
                onChange={(endMinute) => set({ ...quietHours, endMinute })}
              />
            </div>
          )}
        </SettingRow>
      )}
    </>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly describedBy: string;
  readonly minute: number;
  readonly onChange: (minute: number) => void;
}

/** The browser's own field for a time of day: it knows how the person writes one. */
function TimeField({ label, describedBy, minute, onChange }: TimeFieldProps) {
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    <input
      type="time"
      className="field field-time"
      aria-label={label}
      aria-describedby={describedBy}
      required
      value={`${two(Math.floor(minute / 60))}:${two(minute % 60)}`}
      onChange={(event) => {
        const [hours = NaN, minutes = NaN] = event.target.value.split(':').map(Number);
        const next = hours * 60 + minutes;
        if (Number.isInteger(next)) onChange(next);
      }}
    />
  );
}
