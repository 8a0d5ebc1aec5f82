import { Button, IconButton } from '../components/button.tsx';
import { ProgressBar } from '../components/controls.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import './imports.css';

/** Recordings on their way to becoming sessions. */
export function Imports({ onOpen }: { readonly onOpen?: () => void }) {
  const { t, formats } = useText();
  const { keeping, library } = useApp();
  const imports = useAppState((state) => state.imports);
  if (imports.length === 0) return null;
  return (
    <section className="imports" aria-label={t('import.label')}>
      <ul className="imports-list" aria-label={t('import.label')}>
        {imports.map(({ id, name, state, heardSeconds, durationSeconds, sessionId, problem }) => {
          const pending = state === 'running' || state === 'queued';
          const fraction = durationSeconds === undefined ? undefined : heardSeconds / durationSeconds;
          return (
            <li key={id} className="import">
              <div className="import-head">
                <span className="import-name">{name}</span>
                <IconButton
                  icon="close"
                  label={t(pending ? 'import.cancel' : 'import.forget', { name })}
                  onClick={() => void (pending ? keeping.cancelImport(id) : keeping.forgetImport(id))}
                />
              </div>
              {state === 'running' && <ProgressBar label={name} fraction={fraction} />}
              <p className="small second">
                {state === 'running' &&
                  fraction !== undefined &&
                  t('import.running', { percent: formats.percent(fraction) })}
                {state === 'running' && fraction === undefined && t('import.reading')}
                {state === 'queued' && t('import.queued')}
                {state === 'done' && t('import.done')}
                {state === 'cancelled' && t('import.cancelled')}
                {state === 'failed' && (problem ?? t('import.failed'))}
              </p>
              {state === 'done' && sessionId !== undefined && (
                <Button
                  tone="quiet"
                  onClick={() => {
                    void library.open(sessionId);
                    onOpen?.();
                  }}
                >
                  {t('import.open')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
