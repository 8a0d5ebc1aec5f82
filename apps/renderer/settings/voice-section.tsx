import { useEffect, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Choice, Range } from '../components/controls.tsx';
import { useText } from '../text/text-context.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

const SYSTEM_VOICE = '';

/** The voices of the system; they may only be known a moment after the page has opened. */
function useVoices(): readonly SpeechSynthesisVoice[] {
  const [voices, setVoices] = useState<readonly SpeechSynthesisVoice[]>([]);
  useEffect(() => {
    if (!('speechSynthesis' in window)) return;
    const { speechSynthesis } = window;
    const read = () => setVoices(speechSynthesis.getVoices());
    read();
    speechSynthesis.addEventListener('voiceschanged', read);
    return () => speechSynthesis.removeEventListener('voiceschanged', read);
  }, []);
  return voices;
}

/** Replies that are read aloud: whether, in which voice, how fast. */
export function VoiceSection() {
  const { t, formats } = useText();
  const [{ voice }, change] = useSettings();
  const voices = useVoices();
  const set = (part: Partial<typeof voice>) =>
    change((present) => ({ ...present, voice: { ...present.voice, ...part } }));
  const names = [
    ...new Set([...voices.map(({ name }) => name), ...(voice.name === undefined ? [] : [voice.name])]),
  ];
  const languageOf = (name: string) => voices.find((known) => known.name === name)?.lang;
  const rate = voice.ratePercent / 100;
  const tryIt = () => {
    const { speechSynthesis } = window;
    speechSynthesis.cancel();
    const spoken = new SpeechSynthesisUtterance(t('voice.sample'));
    spoken.rate = rate;
    const named = voices.find(({ name }) => name === voice.name);
    if (named) spoken.voice = named;
    speechSynthesis.speak(spoken);
  };
  return (
    <>
      <ToggleRow
        label={t('voice.enabled')}
        detail={t('voice.enabled-detail')}
        checked={voice.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      <SettingRow label={t('voice.name')} {...(voices.length === 0 ? { detail: t('voice.none') } : {})}>
        {(id) => (
          <Choice
            labelledBy={id}
            value={voice.name ?? SYSTEM_VOICE}
            options={[
              { value: SYSTEM_VOICE, label: t('voice.system') },
              ...names.map((name) => {
                const language = languageOf(name);
                const detail = language === undefined ? t('voice.away') : formats.languageName(language);
                return { value: name, label: name, detail };
              }),
            ]}
            onChange={(name) =>
              change((present) => {
                const { name: _, ...rest } = present.voice;
                return { ...present, voice: name === SYSTEM_VOICE ? rest : { ...rest, name } };
              })
            }
          />
        )}
      </SettingRow>
      <SettingRow label={t('voice.rate')}>
        {(id) => (
          <div className="setting-range">
            <Range
              labelledBy={id}
              min={50}
              max={200}
              step={10}
              value={voice.ratePercent}
              valueText={formats.percent(rate)}
              onChange={(ratePercent) => set({ ratePercent })}
            />
            <output className="time">{formats.percent(rate)}</output>
          </div>
        )}
      </SettingRow>
      <p className="setting-foot">
        <Button icon="play" disabled={voices.length === 0} onClick={tryIt}>
          {t('voice.try')}
        </Button>
      </p>
    </>
  );
}
