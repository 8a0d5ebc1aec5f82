import { Tabs } from 'radix-ui';
import { useEffect, useRef, type ReactNode } from 'react';
import { IconButton } from '../components/button.tsx';
import { Icon } from '../icons/icon.tsx';
import type { GeneralIcon } from '../icons/general-paths.ts';
import { useApp, useAppState } from '../shell/app-context.tsx';
import type { SettingsSection } from '../store/app-state.ts';
import { useText } from '../text/text-context.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { AssistantSection } from './assistant-section.tsx';
import { CaptionsSection } from './captions-section.tsx';
import { DiagnosticsSection } from './diagnostics-section.tsx';
import { ListeningSection } from './listening-section.tsx';
import { ModelsSection } from './models-section.tsx';
import { NotificationsSection } from './notifications-section.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { SoundsSection } from './sounds-section.tsx';
import { TranslationSection } from './translation-section.tsx';
import { VoiceSection } from './voice-section.tsx';
import './settings.css';

const SECTIONS: readonly { readonly name: SettingsSection; readonly icon: GeneralIcon }[] = [
  { name: 'listening', icon: 'microphone' },
  { name: 'translation', icon: 'language' },
  { name: 'sounds', icon: 'waves' },
  { name: 'assistant', icon: 'reply' },
  { name: 'voice', icon: 'voice' },
  { name: 'models', icon: 'model' },
  { name: 'privacy', icon: 'privacy' },
  { name: 'notifications', icon: 'bell' },
  { name: 'appearance', icon: 'appearance' },
  { name: 'captions', icon: 'captions' },
  { name: 'diagnostics', icon: 'info' },
];

function sectionBody(name: SettingsSection): ReactNode {
  switch (name) {
    case 'listening':
      return <ListeningSection />;
    case 'translation':
      return <TranslationSection />;
    case 'sounds':
      return <SoundsSection />;
    case 'assistant':
      return <AssistantSection />;
    case 'voice':
      return <VoiceSection />;
    case 'models':
      return <ModelsSection />;
    case 'privacy':
      return <PrivacySection />;
    case 'notifications':
      return <NotificationsSection />;
    case 'appearance':
      return <AppearanceSection />;
    case 'captions':
      return <CaptionsSection />;
    case 'diagnostics':
      return <DiagnosticsSection />;
  }
}

/** Everything a person can set, as a page. A change is kept at once; there is nothing to confirm. */
export function SettingsPage({ section }: { readonly section: SettingsSection }) {
  const { t } = useText();
  const { show } = useApp();
  const settings = useAppState((state) => state.settings);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In a narrow window the sections lie in a row that is longer than the window.
    const tab = list.current?.querySelector('[data-state="active"]');
    tab?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [section]);
  const choose = (wanted: string) => {
    const found = SECTIONS.find(({ name }) => name === wanted);
    if (found) show.go({ name: 'settings', section: found.name });
  };
  return (
    <main className="page settings-page" aria-label={t('settings.title')}>
      <header className="settings-head">
        <IconButton
          icon="arrow-left"
          label={t('common.back')}
          keys={t('keys.escape')}
          onClick={() => show.leave()}
        />
        <h1>{t('settings.title')}</h1>
      </header>
      <Tabs.Root className="settings-tabs" orientation="vertical" value={section} onValueChange={choose}>
        <Tabs.List ref={list} className="settings-list" aria-label={t('settings.title')}>
          {SECTIONS.map(({ name, icon }) => (
            <Tabs.Trigger key={name} value={name} className="rail-item settings-tab">
              <Icon name={icon} />
              <span>{t(`settings.${name}`)}</span>
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content key={section} value={section} className="settings-body" tabIndex={-1}>
          <h2 className="settings-title">{t(`settings.${section}`)}</h2>
          {settings && sectionBody(section)}
        </Tabs.Content>
      </Tabs.Root>
    </main>
  );
}
