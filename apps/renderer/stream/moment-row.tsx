import { memo } from 'react';
import type { Annotation } from '#protocol';
import type { Moment } from '../store/moment.ts';
import { useText } from '../text/text-context.tsx';
import { IconButton } from '../components/button.tsx';
import { AnnotationEditor, type EditField } from './annotation-editor.tsx';
import { LineView } from './line-view.tsx';
import { ReplyView } from './reply-view.tsx';
import type { RowLayout } from './row-layout.ts';
import { SoundsView } from './sounds-view.tsx';
import type { StreamTimes } from './stream-times.ts';
import { TroubleView } from './trouble-view.tsx';

/** Single values rather than one layout, so that a row whose neighbours change in nothing is not drawn again. */
interface MomentRowProps extends RowLayout {
  readonly moment: Moment;
  readonly times: StreamTimes;
  readonly annotation: Annotation | undefined;
  readonly editing: EditField | undefined;
  readonly onSave: (annotation: Annotation) => void;
  readonly onCancel: () => void;
}

/** One row of the stream: the time gutter, the lines of lasting sounds, and what happened. */
export const MomentRow = memo(function MomentRow(props: MomentRowProps) {
  const { moment, minute, continues, segments, times, annotation, editing } = props;
  const { t } = useText();
  const openMenu = (event: React.MouseEvent<HTMLButtonElement>) => {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    event.currentTarget.dispatchEvent(
      new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: left, clientY: bottom }),
    );
  };
  return (
    <div className="row" data-kind={moment.kind} data-continues={continues}>
      <div className="gutter time" aria-hidden="true">
        <span className="gutter-minute">{minute}</span>
        <span className="gutter-exact">{times.exact(moment.at)}</span>
      </div>
      <div className="gutter-lines" aria-hidden="true">
        {segments.map(({ track, begins, ends }, index) => (
          <span
            key={index}
            className="gutter-line"
            data-track={track}
            data-begins={begins}
            data-ends={ends}
          />
        ))}
      </div>
      <div className="row-body">
        {editing && moment.kind === 'line' ? (
          <AnnotationEditor
            line={moment}
            annotation={annotation}
            field={editing}
            onSave={props.onSave}
            onCancel={props.onCancel}
          />
        ) : (
          <MomentBody moment={moment} times={times} annotation={annotation} continues={continues} />
        )}
      </div>
      {moment.kind === 'line' && moment.transcript.final && !editing && (
        <IconButton
          className="row-more"
          icon="more"
          label={t('line.more')}
          tabIndex={-1}
          onClick={openMenu}
        />
      )}
    </div>
  );
});

function MomentBody({
  moment,
  times,
  annotation,
  continues,
}: Pick<MomentRowProps, 'moment' | 'times' | 'annotation' | 'continues'>) {
  switch (moment.kind) {
    case 'line':
      return <LineView line={moment} annotation={annotation} continues={continues} />;
    case 'sounds':
      return <SoundsView moment={moment} times={times} />;
    case 'reply':
      return <ReplyView moment={moment} times={times} />;
    case 'trouble':
      return <TroubleView moment={moment} />;
  }
}
