import { useState } from 'react';
import { settingsSchema } from '#protocol';
import { Choice } from '../components/controls.tsx';
import { useText } from '../text/text-context.tsx';
import { LanguageModel } from './language-model.tsx';
import { LaneRow } from './lane-row.tsx';
import { QuietHours } from './quiet-hours.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const FOLLOW_UP_SECONDS = [0, 4, 8, 15, 30] as const;

/** How the assistant is spoken to, when it is quiet, and who answers what it does not know. */
export function AssistantSection() {
  const { t, formats } = useText();
  const [settings, change] = useSettings();
  const { assistant } = settings;
  const set = (part: Partial<typeof assistant>) =>
    change((present) => ({ ...present, assistant: { ...present.assistant, ...part } }));
  const seconds = [...new Set([...FOLLOW_UP_SECONDS, assistant.followUpSeconds])].sort((a, b) => a - b);
  return (
    <>
      <LaneRow
        lane="assist"
        label={t('assistant.on')}
        detail={`${t('assistant.on-detail')} ${t('assistant.english')}`}
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
