import { useEffect, useRef, useState } from 'react';
import type { Annotation } from '#protocol';
import { Button } from '../components/button.tsx';
import type { LineMoment } from '../store/moment.ts';
import { useText } from '../text/text-context.tsx';

export type EditField = 'text' | 'note';

interface AnnotationEditorProps {
  readonly line: LineMoment;
  readonly annotation: Annotation | undefined;
  readonly field: EditField;
  readonly onSave: (annotation: Annotation) => void;
  readonly onCancel: () => void;
}

/** Changes the words of a line, or the note beside it. Enter keeps, Escape leaves as it was. */
export function AnnotationEditor({ line, annotation, field, onSave, onCancel }: AnnotationEditorProps) {
  const { t } = useText();
  const original = line.transcript.text;
  const [value, setValue] = useState(
    (field === 'text' ? annotation?.editedText : annotation?.note) ?? (field === 'text' ? original : ''),
  );
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus(), []);
  const save = () => onSave(annotated(line, annotation, field, value));
  const press = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') onCancel();
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      save();
    }
  };
  return (
    <div className="editor">
      {field === 'note' && <p className="line-words">{annotation?.editedText ?? original}</p>}
      <textarea
        ref={box}
        className="field"
        rows={2}
        aria-label={t(field === 'text' ? 'line.edit-label' : 'line.note-label')}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        onKeyDown={press}
      />
      <div className="editor-foot">
        <Button tone="primary" onClick={save}>
          {t('common.save')}
        </Button>
        <Button tone="quiet" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </div>
    </div>
  );
}

/** The annotation with one field changed; words that are the original's again, and an empty note, are taken away. */
export function annotated(
  line: LineMoment,
  annotation: Annotation | undefined,
  field: EditField,
  value: string,
): Annotation {
  const trimmed = value.trim();
  const { editedText, note, ...rest } = annotation ?? { transcriptId: line.transcript.id, starred: false };
  const text = field === 'text' ? trimmed : editedText;
  const kept = field === 'note' ? trimmed : note;
  return {
    ...rest,
    ...(text === undefined || text === '' || text === line.transcript.text ? {} : { editedText: text }),
    ...(kept === undefined || kept === '' ? {} : { note: kept }),
  };
}
