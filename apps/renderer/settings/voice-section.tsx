import type { Settings } from '#protocol';
import { Button } from '../components/button.tsx';
import { Choice, Range, Segments } from '../components/controls.tsx';
import { useApp } from '../shell/app-context.tsx';
import type { Translate } from '../text/catalogue.ts';
import { useText } from '../text/text-context.tsx';
import { SettingRow, ToggleRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';
import {
  useHostVoice,
  useSpeakerChoice,
  useWindowVoices,
  type SpeakerChoice,
  type Voice,
} from './use-voices.ts';

const SYSTEM_VOICE = '';

/** Replies that are read aloud: whether, by whom, in which voice, how fast. */
export function VoiceSection() {
  const { t, formats } = useText();
  const { keeping } = useApp();
  const [{ voice }, change] = useSettings();
  const windowVoices = useWindowVoices();
  const host = useHostVoice();
  const speaker = useSpeakerChoice(voice, host);
  const set = (part: Partial<typeof voice>) =>
    change((present) => ({ ...present, voice: { ...present.voice, ...part } }));
  const byHost = speaker?.by === 'host';
  const voices: readonly Voice[] = byHost
    ? (host?.voices ?? [])
    : windowVoices.map(({ name, lang }) => ({ name, title: name, language: lang }));
  const rate = voice.ratePercent / 100;
  const isMute = !byHost && windowVoices.length === 0;
  const tryIt = () => {
    if (byHost) void keeping.tryVoice(t('voice.sample'));
    else
      speakInWindow(
        t('voice.sample'),
        rate,
        windowVoices.find(({ name }) => name === voice.name),
      );
  };
  return (
    <>
      <ToggleRow
        label={t('voice.enabled')}
        detail={t('voice.enabled-detail')}
        checked={voice.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      <SettingRow label={t('voice.by')} {...(speaker && { detail: speakerDetail(t, speaker) })}>
        {(id) => (
          <Segments
            labelledBy={id}
            value={voice.by}
            options={[
              { value: 'host', label: t('voice.by-host') },
              { value: 'window', label: t('voice.by-window') },
            ]}
            onChange={(by) => set({ by })}
          />
        )}
      </SettingRow>
      <SettingRow label={t('voice.name')} {...(speaker && isMute ? { detail: t('voice.none') } : {})}>
        {(id) => (
          <Choice
            labelledBy={id}
            value={voice.name ?? SYSTEM_VOICE}
            options={[
              { value: SYSTEM_VOICE, label: t('voice.system') },
              ...voices.map(({ name, title, language }) => ({
                value: name,
                label: title,
                ...(language !== undefined && { detail: formats.languageName(language) }),
              })),
              ...away(voices, voice.name).map((name) => ({
                value: name,
                label: name,
                detail: t('voice.away'),
              })),
            ]}
            onChange={(name) => change((present) => ({ ...present, voice: named(present.voice, name) }))}
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
        <Button icon="play" disabled={isMute} onClick={tryIt}>
          {t('voice.try')}
        </Button>
      </p>
    </>
  );
}

function speakerDetail(t: Translate, { by, program = '', reason }: SpeakerChoice): string {
  if (reason !== undefined) return t(reason === 'none' ? 'voice.host-none' : 'voice.host-away');
  return by === 'host' ? t('voice.host-detail', { program }) : t('voice.window-detail');
}

/** A voice that was chosen once and is not there: shown, so that nobody wonders. */
function away(voices: readonly Voice[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || voices.some(({ name }) => name === chosen) ? [] : [chosen];
}

function named({ name: _, ...rest }: Settings['voice'], name: string): Settings['voice'] {
  return name === SYSTEM_VOICE ? rest : { ...rest, name };
}

function speakInWindow(text: string, rate: number, voice: SpeechSynthesisVoice | undefined): void {
  const { speechSynthesis } = window;
  speechSynthesis.cancel();
  const spoken = new SpeechSynthesisUtterance(text);
  spoken.rate = rate;
  if (voice) spoken.voice = voice;
  speechSynthesis.speak(spoken);
}
