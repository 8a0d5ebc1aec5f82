import { useEffect, useState } from 'react';
import { Button } from '../components/button.tsx';
import { useApp } from '../shell/app-context.tsx';
import { problemOf } from '../store/problem.ts';
import { useText } from '../text/text-context.tsx';

/** What helps somebody else to help: versions, devices, models. No words that were heard. */
export function DiagnosticsSection() {
  const { t } = useText();
  const { keeping } = useApp();
  const [text, setText] = useState<string>();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    let shown = true;
    void keeping
      .diagnostics()
      .catch((error: unknown) => problemOf(error).message)
      .then((found) => shown && setText(found));
    return () => {
      shown = false;
    };
  }, [keeping]);
  const copy = async () => {
    await navigator.clipboard.writeText(text ?? '');
    setCopied(true);
  };
  return (
    <>
      <p className="second setting-note">{t('diagnostics.words')}</p>
      <pre className="diagnostics small" tabIndex={0} role="region" aria-label={t('settings.diagnostics')}>
        {text ?? t('diagnostics.gathering')}
      </pre>
      <Button icon={copied ? 'check' : 'copy'} disabled={text === undefined} onClick={() => void copy()}>
        {t(copied ? 'diagnostics.copied' : 'diagnostics.copy')}
      </Button>
    </>
  );
}
