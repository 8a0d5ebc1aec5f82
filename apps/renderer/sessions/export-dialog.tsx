import { RadioGroup } from 'radix-ui';
import { useId, useState } from 'react';
import { EXPORT_FORMATS } from '#protocol';
import type { Exported, ExportFormat } from '../actions/library.ts';
import { Button } from '../components/button.tsx';
import { Toggle } from '../components/controls.tsx';
import { DialogFrame } from '../components/dialog.tsx';
import { Icon } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { problemOf } from '../store/problem.ts';
import type { ExportDialog as ExportTarget } from '../store/app-state.ts';
import { useText } from '../text/text-context.tsx';

const FORMATS: readonly ExportFormat[] = [...EXPORT_FORMATS, 'report'];

type Progress =
  | { readonly state: 'choosing' | 'running' }
  | { readonly state: 'saved' | 'copied'; readonly fileName: string; readonly bytes: number }
  | { readonly state: 'failed'; readonly message: string };

/** Writes a session as a file of the person's choice, or puts it on the clipboard. */
export function ExportDialog({ target }: { readonly target: ExportTarget }) {
  const { t, formats } = useText();
  const { show, library } = useApp();
  const [format, setFormat] = useState<ExportFormat>('txt');
  const [progress, setProgress] = useState<Progress>({ state: 'choosing' });
  const [withLlm, setWithLlm] = useState(false);
  const hasLlm = useAppState((state) => state.settings?.llm.address !== undefined);
  const llmId = useId();
  const busy = progress.state === 'running';
  const run = async (state: 'saved' | 'copied', deliver: (exported: Exported) => Promise<void> | void) => {
    setProgress({ state: 'running' });
    try {
      const exported = await library.exportAs(target.sessionId, format, hasLlm && withLlm);
      await deliver(exported);
      const bytes = new TextEncoder().encode(exported.text).length;
      setProgress({ state, fileName: exported.fileName, bytes });
    } catch (error) {
      setProgress({ state: 'failed', message: problemOf(error).message });
    }
  };
  return (
    <DialogFrame title={t('export.title')} words={target.title} onClose={() => show.showExport(undefined)}>
      <RadioGroup.Root
        className="formats"
        aria-label={t('export.format')}
        value={format}
        onValueChange={(wanted) => {
          const found = FORMATS.find((candidate) => candidate === wanted);
          if (found) setFormat(found);
          setProgress({ state: 'choosing' });
        }}
      >
        {FORMATS.map((name) => (
          <RadioGroup.Item
            key={name}
            value={name}
            className="format"
            aria-labelledby={`format-${name} format-${name}-detail`}
          >
            <span className="format-dot" />
            <span id={`format-${name}`} className="format-name">
              {t(`export.${name}`)}
            </span>
            <span id={`format-${name}-detail`} className="small second">
              {t(`export.${name}-detail`)}
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      {format === 'report' && hasLlm && (
        <div className="export-choice">
          <p id={llmId}>{t('export.report-llm')}</p>
          <Toggle labelledBy={llmId} checked={withLlm} disabled={busy} onChange={setWithLlm} />
        </div>
      )}
      <p className="export-state" role="status" data-state={progress.state}>
        {progress.state === 'running' && t('export.running')}
        {(progress.state === 'saved' || progress.state === 'copied') && (
          <>
            <Icon name="check" />
            {t(`export.${progress.state}`, { name: progress.fileName, size: formats.bytes(progress.bytes) })}
          </>
        )}
        {progress.state === 'failed' && (
          <>
            <Icon name="warning" />
            {t('export.failed', { reason: progress.message })}
          </>
        )}
      </p>
      <div className="dialog-foot">
        <Button
          icon="copy"
          disabled={busy}
          onClick={() => void run('copied', ({ text }) => navigator.clipboard.writeText(text))}
        >
          {t('export.copy')}
        </Button>
        <Button tone="primary" icon="export" disabled={busy} onClick={() => void run('saved', saveFile)}>
          {t('export.save')}
        </Button>
      </div>
    </DialogFrame>
  );
}

/** Hands a text to the browser as a download; the desktop asks where to put it. */
function saveFile({ fileName, mediaType, text }: Exported): void {
  const address = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The download has taken its own hold of the data by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
