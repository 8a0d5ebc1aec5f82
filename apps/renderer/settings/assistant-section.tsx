import { useState } from 'react';
import { ENGINE_LANES, LANES, lanesFor, settingsSchema } from '#protocol';
import { Choice } from '../components/controls.tsx';
import { useApp } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { LanguageModel } from './language-model.tsx';
import { QuietHours } from './quiet-hours.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const FOLLOW_UP_SECONDS = [0, 4, 8, 15, 30] as const;

/** How the assistant is spoken to, when it is quiet, and who answers what it does not know. */
export function AssistantSection() {
  const { t, formats } = useText();
  const { listening } = useApp();
  const [settings, change] = useSettings();
  const { assistant, engine } = settings;
  const lanes = lanesFor(engine, settings.lanes);
  const served = ENGINE_LANES[engine].includes('assist');
  const on = lanes.includes('assist');
  const set = (part: Partial<typeof assistant>) =>
    change((present) => ({ ...present, assistant: { ...present.assistant, ...part } }));
  const setOn = (wanted: boolean) => {
    const next = LANES.filter((lane) => (lane === 'assist' ? wanted : lanes.includes(lane)));
    if (next.length === 0) return;
    change((present) => ({ ...present, lanes: next }));
    void listening.setLanes(next);
  };
  const seconds = [...new Set([...FOLLOW_UP_SECONDS, assistant.followUpSeconds])].sort((a, b) => a - b);
  return (
    <>
      <ToggleRow
        label={t('assistant.on')}
        detail={
          served ? `${t('assistant.on-detail')} ${t('assistant.english')}` : t('settings.lane-not-served')
        }
        checked={on}
        disabled={!served || (on && lanes.length === 1)}
        onChange={setOn}
      />
      <NameRow key={assistant.name} name={assistant.name} onChange={(name) => set({ name })} />
      <ToggleRow
        label={t('assistant.conversation')}
        detail={t('assistant.conversation-detail', { name: assistant.name })}
        checked={assistant.conversation}
        onChange={(conversation) => set({ conversation })}
      />
      <SettingRow label={t('assistant.follow-up')} detail={t('assistant.follow-up-detail')}>
        {(id) => (
          <Choice
            labelledBy={id}
            value={String(assistant.followUpSeconds)}
            options={seconds.map((value) => ({
              value: String(value),
              label: value === 0 ? t('assistant.follow-up-never') : formats.duration(value),
            }))}
            onChange={(value) => set({ followUpSeconds: Number(value) })}
          />
        )}
      </SettingRow>
      <ToggleRow
        label={t('assistant.across')}
        detail={t('assistant.across-detail')}
        checked={assistant.acrossSessions}
        onChange={(acrossSessions) => set({ acrossSessions })}
      />
      <QuietHours />
      <h3 className="settings-group">{t('llm.title')}</h3>
      <LanguageModel />
    </>
  );
}

const nameSchema = settingsSchema.shape.assistant.unwrap().shape.name;

/** The name it answers to; kept when the field is left. */
function NameRow({ name, onChange }: { readonly name: string; readonly onChange: (name: string) => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState(name);
  const read = nameSchema.safeParse(typed);
  const keep = () => {
    if (read.success && read.data !== name) onChange(read.data);
  };
  return (
    <SettingRow label={t('assistant.name')} detail={t('assistant.name-detail', { name })}>
      {(id) => (
        <div className="setting-field">
          <input
            className="field"
            aria-labelledby={id}
            aria-invalid={!read.success}
            {...(read.success ? {} : { 'aria-describedby': `${id}-wrong` })}
            autoComplete="off"
            spellCheck={false}
            maxLength={40}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={() => (read.success ? keep() : setTyped(name))}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) keep();
            }}
          />
          {!read.success && (
            <p id={`${id}-wrong`} className="small setting-wrong" role="alert">
              {t('assistant.name-wrong')}
            </p>
          )}
        </div>
      )}
    </SettingRow>
  );
}
