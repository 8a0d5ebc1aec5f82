import { Hint } from '../components/button.tsx';
import { SoundSign } from '../icons/icon.tsx';
import { LASTING_SECONDS } from '../store/lasting-sounds.ts';
import type { SoundEvent, SoundsMoment } from '../store/moment.ts';
import { soundName } from '../text/sound-names.ts';
import { useText } from '../text/text-context.tsx';
import type { StreamTimes } from './stream-times.ts';

/** Sounds at their moment: small marks with a sign and a word. The same sound again counts up instead of repeating. */
export function SoundsView({
  moment,
  times,
}: {
  readonly moment: SoundsMoment;
  readonly times: StreamTimes;
}) {
  const { t } = useText();
  return (
    <ul className="sounds" aria-label={t('sounds.label')}>
      {gather(moment.sounds).map((marks) => (
        <SoundMark key={marks[0]?.id} marks={marks} times={times} />
      ))}
    </ul>
  );
}

function SoundMark({ marks, times }: { readonly marks: readonly SoundEvent[]; readonly times: StreamTimes }) {
  const { t, formats } = useText();
  const first = marks[0];
  const last = marks.at(-1);
  if (!first || !last) return null;
  const lasts = last.end - first.start >= LASTING_SECONDS && marks.length === 1;
  const duration = formats.duration(last.end - first.start);
  const hint = t('sounds.hint', {
    time: times.exact(first.start),
    confidence: formats.percent(first.confidence),
  });
  return (
    <li>
      <Hint text={hint}>
        <span className="sound">
          <SoundSign label={first.label} />
          <span>{soundName(t, first.label)}</span>
          {marks.length > 1 && (
            <span className="sound-extra time">{t('sounds.times', { count: marks.length })}</span>
          )}
          {lasts && (
            <span className="sound-extra time">
              {last.final === false ? t('sounds.so-far', { duration }) : duration}
            </span>
          )}
          {last.final === false && !lasts && <span className="sound-extra">{t('sounds.ongoing')}</span>}
        </span>
      </Hint>
    </li>
  );
}

/** Neighbours of one label together, in order. */
export function gather(sounds: readonly SoundEvent[]): SoundEvent[][] {
  const groups: SoundEvent[][] = [];
  for (const sound of sounds) {
    const group = groups.at(-1);
    if (group?.[0]?.label === sound.label) group.push(sound);
    else groups.push([sound]);
  }
  return groups;
}
