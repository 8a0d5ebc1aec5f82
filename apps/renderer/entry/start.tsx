import '@fontsource-variable/atkinson-hyperlegible-next/wght.css';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Tooltip } from 'radix-ui';
import '../design/tokens.css';
import '../design/base.css';
import '../components/components.css';
import { createApp, type App, type Sentences } from '../actions/app.ts';
import { findDoor } from '../door/find-door.ts';
import { openCapture } from '../microphone/capture.ts';
import { openSoundOutput } from '../player/sound-output.ts';
import { openBrowserAnnouncer } from '../notifications/open-browser-announcer.ts';
import { problemTitle } from '../notices/problem-text.ts';
import { openWindowVoice } from '../speech/open-window-voice.ts';
import { AppProvider, useAppState } from '../shell/app-context.tsx';
import { useAppearance } from '../shell/appearance.ts';
import type { AppState } from '../store/app-state.ts';
import { chooseLanguage, translator } from '../text/catalogue.ts';
import { TextProvider } from '../text/text-context.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

function languageOf({ settings }: Pick<AppState, 'settings'>) {
  return settings?.appearance.language ?? chooseLanguage(navigator.languages);
}

/** What the actions say by themselves, in the person's language. */
export function sentencesOf(state: AppState): Sentences {
  const t = translator(languageOf(state));
  return {
    removed: (title) => t('toast.removed', { title }),
    problem: ({ code, message }) => (code === 'internal' || message !== '' ? message : t(problemTitle(code))),
    noSound: ({ code, message }) => (code === 'not-found' ? t('player.not-kept') : message),
  };
}

/** The application behind a window of the product; scenes provide another. */
async function appOfThisPage(): Promise<App> {
  if (typeof __SCENES__ !== 'undefined' && __SCENES__) {
    const { sceneApp } = await import('../scenes/scene-app.ts');
    const app = sceneApp(window, sentencesOf);
    if (app) return app;
  }
  return createApp({
    door: findDoor(window),
    openCapture,
    openSoundOutput,
    nowMs: () => Date.now(),
    sentences: sentencesOf,
  });
}

function Appearance({ children }: { readonly children: ReactNode }) {
  const settings = useAppState((state) => state.settings);
  const language = languageOf({ settings });
  useAppearance(settings?.appearance, language);
  return (
    <TextProvider language={language}>
      <ErrorBoundary>
        <Tooltip.Provider delayDuration={400}>{children}</Tooltip.Provider>
      </ErrorBoundary>
    </TextProvider>
  );
}

/** Draws a window into its page. @param options - `speaks`: the one window that reads replies out and announces them. */
export async function start(view: ReactNode, options: { readonly speaks?: boolean } = {}): Promise<void> {
  const root = document.getElementById('root');
  if (!root) return;
  const app = await appOfThisPage();
  const voice = options.speaks === true ? openWindowVoice(window, app) : undefined;
  const announcer = options.speaks === true ? openBrowserAnnouncer(window, app) : undefined;
  const leave = (): void => {
    announcer?.dispose();
    voice?.dispose();
    app.dispose();
  };
  window.addEventListener('pagehide', leave, { once: true });
  createRoot(root).render(
    <StrictMode>
      <AppProvider value={app}>
        <Appearance>{view}</Appearance>
      </AppProvider>
    </StrictMode>,
  );
}
