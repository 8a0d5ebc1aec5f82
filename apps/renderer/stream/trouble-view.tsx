import { Icon } from '../icons/icon.tsx';
import type { GeneralIcon } from '../icons/general-paths.ts';
import type { TroubleMoment } from '../store/moment.ts';
import type { TextKey } from '../text/catalogue.ts';
import { problemTitle } from '../notices/problem-text.ts';
import { useText } from '../text/text-context.tsx';

const SIGNS: Partial<Record<TroubleMoment['error']['code'], GeneralIcon>> = {
  'source-lost': 'microphone-off',
  'source-recovered': 'microphone',
  'worker-crashed': 'restart',
  'disk-full': 'disk',
};

/** Something that went wrong, or right again, at its moment in the stream. */
export function TroubleView({ moment }: { readonly moment: TroubleMoment }) {
  const { t } = useText();
  const { code, message } = moment.error;
  // Danger has its colour only where something is still amiss.
  const isPlain = code === 'worker-crashed' || code === 'too-slow';
  const tone = code === 'source-recovered' ? 'good' : isPlain ? 'plain' : 'danger';
  const title: TextKey = problemTitle(code);
  return (
    <p className="trouble small" data-tone={tone}>
      <Icon name={SIGNS[code] ?? 'warning'} />
      <span>
        {t(title)} {code === 'internal' || code === 'engine-failed' ? message : null}
      </span>
    </p>
  );
}
