import { useId, useState } from 'react';
import type { LlmServerInfo } from '#protocol';
import { Button } from '../components/button.tsx';
import { Icon } from '../icons/icon.tsx';
import { useText } from '../text/text-context.tsx';

/** What stands before a server outside this machine is used: its name, typed once more. */
export function ConfirmRemote({
  server,
  onConfirm,
  onCancel,
}: {
  readonly server: LlmServerInfo;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}) {
  const { t } = useText();
  const [typed, setTyped] = useState('');
  const id = useId();
  const ready = typed.trim().toLowerCase() === server.host.toLowerCase();
  return (
    <form
      className="llm-confirm"
      aria-labelledby={`${id}-title`}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onConfirm();
      }}
    >
      <p id={`${id}-title`} className="llm-confirm-title">
        <Icon name="warning" />
        <span>{t('llm.remote-title', { host: server.host })}</span>
      </p>
      <p className="second">{t('llm.remote-words')}</p>
      <label htmlFor={id}>{t('llm.remote-type', { host: server.host })}</label>
      <input
        id={id}
        className="field"
        // It may lie below what is in sight.
        ref={focusOnce}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className="setting-foot">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" tone="danger-fill" disabled={!ready}>
          {t('llm.remote-use')}
        </Button>
      </div>
    </form>
  );
}

function focusOnce(element: HTMLInputElement | null): void {
  element?.focus();
}
