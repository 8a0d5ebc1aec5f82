import { useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '../components/button.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';
import { acceleratorKeys, acceleratorOf } from './accelerator.ts';
import { useSettings } from './use-settings.ts';

/** Shows the key that toggles listening from anywhere, and takes a new one by pressing it. */
export function HotkeyRecorder({ labelledBy }: { readonly labelledBy: string }) {
  const { t } = useText();
  const { door } = useApp();
  const [settings, change] = useSettings();
  const platform = useAppState((state) => state.info?.platform ?? '');
  const [recording, setRecording] = useState(false);
  const { hotkey } = settings.desktop;
  const set = (next: string | null) =>
    change((present) => ({ ...present, desktop: { ...present.desktop, hotkey: next } }));

  const keep = useRef(set);
  keep.current = set;
  useEffect(() => {
    if (!recording) return;
    void door.desktop?.desktop('hotkey.pause', { paused: true });
    const press = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      const accelerator = acceleratorOf(event, platform);
      if (accelerator !== undefined) keep.current(accelerator);
      if (accelerator !== undefined || event.key === 'Escape') setRecording(false);
    };
    // Before everything else, so that Escape and Space do not act on the page.
    window.addEventListener('keydown', press, true);
    return () => {
      window.removeEventListener('keydown', press, true);
      void door.desktop?.desktop('hotkey.pause', { paused: false });
    };
  }, [recording, platform, door]);

  const valueId = `${labelledBy}-keys`;
  return (
    <div className="hotkey">
      <Button
        aria-labelledby={`${labelledBy} ${valueId}`}
        aria-pressed={recording}
        onClick={() => setRecording(true)}
        onBlur={() => setRecording(false)}
      >
        <span id={valueId} className="hotkey-keys">
          {recording
            ? t('hotkey.press')
            : hotkey === null
              ? t('hotkey.none')
              : acceleratorKeys(hotkey, platform).map((key) => (
                  <kbd key={key} className="key">
                    {key}
                  </kbd>
                ))}
        </span>
      </Button>
      {hotkey !== null && <IconButton icon="close" label={t('hotkey.clear')} onClick={() => set(null)} />}
    </div>
  );
}
