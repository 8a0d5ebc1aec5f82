import type { Annotation } from '#protocol';
import { Icon } from '../icons/icon.tsx';
import type { LineMoment } from '../store/moment.ts';
import { useText } from '../text/text-context.tsx';

/**
 * What was said. Settled words are in full ink, tentative ones lighter in the same face, weight and place, so that
 * nothing moves when they settle.
 */
export function LineView({
  line,
  annotation,
  continues,
}: {
  readonly line: LineMoment;
  readonly annotation: Annotation | undefined;
  /** The paragraph has said already whose words these are. */
  readonly continues: boolean;
}) {
  const { t } = useText();
  const { transcript, translation } = line;
  const text = annotation?.editedText ?? transcript.text;
  const settled = transcript.final ? text.length : Math.min(transcript.stable ?? 0, text.length);
  return (
    <div className="line">
      <p className="line-words" lang={transcript.language}>
        {annotation?.starred === true && (
          <span className="line-star">
            <Icon name="star" />
            <span className="unseen">{t('line.starred')}</span>
          </span>
        )}
        {transcript.channel !== undefined && !continues && (
          <span className="line-channel small">{t(`line.${transcript.channel}`)}</span>
        )}
        {text.slice(0, settled)}
        {settled < text.length && <span className="tentative">{text.slice(settled)}</span>}
        {annotation?.editedText !== undefined && (
          <span className="line-edited small"> {t('line.edited')}</span>
        )}
      </p>
      {translation && (
        <p className="line-translation" lang={translation.language}>
          {translation.final ? translation.text : <span className="tentative">{translation.text}</span>}
        </p>
      )}
      {annotation?.note !== undefined && annotation.note !== '' && (
        <p className="line-note small">
          <Icon name="note" />
          <span className="unseen">{t('line.note')}</span>
          <span>{annotation.note}</span>
        </p>
      )}
    </div>
  );
}
