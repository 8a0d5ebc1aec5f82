import { useEffect } from 'react';
import { Icon } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';

/** Takes recordings that are dragged onto the window, and says so while they hover. */
export function DropZone() {
  const { t } = useText();
  const { show, keeping } = useApp();
  const dropping = useAppState((state) => state.dropping);
  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      show.setDropping(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) show.setDropping(false);
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      show.setDropping(false);
      void keeping.importFiles([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [show, keeping]);
  if (!dropping) return null;
  return (
    <div className="drop-zone" role="status">
      <div className="drop-zone-card">
        <Icon name="import" />
        <p>{t('import.drop')}</p>
        <p className="small second">{t('import.drop-detail')}</p>
      </div>
    </div>
  );
}
