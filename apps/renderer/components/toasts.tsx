import { Toast } from 'radix-ui';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { Button, IconButton } from './button.tsx';

/** Long enough to read and to reach the button by keyboard. */
const SHOWN_MS = 8000;

/** Short messages at the foot that go away by themselves, one of them with the way back. */
export function Toasts() {
  const { t } = useText();
  const { show, library } = useApp();
  const toasts = useAppState((state) => state.toasts);
  return (
    <Toast.Provider duration={SHOWN_MS} label={t('toast.label')}>
      {toasts.map(({ id, text, tone, restores }) => (
        <Toast.Root
          key={id}
          className="toast"
          type={tone === 'danger' ? 'foreground' : 'background'}
          onOpenChange={(open) => !open && show.closeToast(id)}
        >
          <Toast.Description asChild>
            <p>{text}</p>
          </Toast.Description>
          {restores !== undefined && (
            <Toast.Action asChild altText={t('toast.undo')}>
              <Button icon="undo" onClick={() => void library.restore(restores)}>
                {t('toast.undo')}
              </Button>
            </Toast.Action>
          )}
          <Toast.Close asChild>
            <IconButton icon="close" label={t('common.close')} />
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="toasts" label={t('toast.label')} />
    </Toast.Provider>
  );
}
