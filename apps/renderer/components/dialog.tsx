import { AlertDialog, Dialog } from 'radix-ui';
import type { ReactNode, RefObject } from 'react';
import { useText } from '../text/text-context.tsx';
import { Button, IconButton } from './button.tsx';

interface DialogFrameProps {
  readonly title: string;
  readonly words?: string;
  readonly onClose: () => void;
  /** What has the focus at first; the dialog itself when absent. */
  readonly first?: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}

/** A dialog over the page; there is never a second one over it. */
export function DialogFrame({ title, words, onClose, first, children }: DialogFrameProps) {
  const { t } = useText();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content
          className="dialog"
          // On the dialog itself: on its first button the name of that button would pop up.
          onOpenAutoFocus={(event) => {
            focusItself(event);
            first?.current?.focus();
          }}
          {...(words === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <div className="dialog-head">
            <Dialog.Title className="dialog-title">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton icon="close" label={t('common.close')} />
            </Dialog.Close>
          </div>
          {words !== undefined && <Dialog.Description className="dialog-words">{words}</Dialog.Description>}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Puts the focus on a dialog instead of its first control. */
export function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

interface ConfirmProps {
  readonly trigger: ReactNode;
  readonly title: string;
  readonly words: string;
  readonly action: string;
  /** Until this is true the action cannot be chosen. */
  readonly ready?: boolean;
  readonly children?: ReactNode;
  readonly onConfirm: () => void;
  readonly onOpen?: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({
  trigger,
  title,
  words,
  action,
  ready = true,
  children,
  onConfirm,
  onOpen,
}: ConfirmProps) {
  const { t } = useText();
  return (
    <AlertDialog.Root onOpenChange={(open) => open && onOpen?.()}>
      <AlertDialog.Trigger asChild>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="dialog-shade" />
        <AlertDialog.Content className="dialog">
          <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
          <AlertDialog.Description className="dialog-words">{words}</AlertDialog.Description>
          {children}
          <div className="dialog-foot">
            <AlertDialog.Cancel asChild>
              <Button>{t('common.cancel')}</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button tone="danger-fill" disabled={!ready} onClick={onConfirm}>
                {action}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
