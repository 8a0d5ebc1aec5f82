import { Dialog } from 'radix-ui';
import { useEffect, type ReactNode } from 'react';
import { AskDialog } from '../ask/ask-dialog.tsx';
import { IconButton } from '../components/button.tsx';
import { focusItself } from '../components/dialog.tsx';
import { Toasts } from '../components/toasts.tsx';
import { DropZone } from '../imports/drop-zone.tsx';
import { Imports } from '../imports/imports.tsx';
import { Notices } from '../notices/notices.tsx';
import { PlayerBar } from '../player/player-bar.tsx';
import { Pulse } from '../pulse/pulse.tsx';
import { Rail } from '../rail/rail.tsx';
import { ExportDialog } from '../sessions/export-dialog.tsx';
import { SearchPage } from '../sessions/search-page.tsx';
import { SessionPage } from '../sessions/session-page.tsx';
import { SettingsPage } from '../settings/settings-page.tsx';
import type { Page } from '../store/app-state.ts';
import { useText } from '../text/text-context.tsx';
import { WelcomePage } from '../welcome/welcome-page.tsx';
import { Announcer } from './announcer.tsx';
import { useApp, useAppState } from './app-context.tsx';
import { useWindowSize } from './appearance.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { NowPage } from './now-page.tsx';
import { useShortcuts } from './shortcuts.ts';
import './shell.css';

function pageBody(page: Page): ReactNode {
  switch (page.name) {
    case 'now':
      return <NowPage />;
    case 'session':
      return <SessionPage />;
    case 'search':
      return <SearchPage />;
    case 'settings':
      return <SettingsPage section={page.section} />;
    case 'welcome':
      return <WelcomePage step={page.step} />;
  }
}

/** Stream in the centre, pulse at the foot, rail at the left; the rail lies over the page where there is no room. */
export function MainWindow() {
  const { t } = useText();
  const app = useApp();
  const page = useAppState((state) => state.page);
  const railOpen = useAppState((state) => state.railOpen);
  const exporting = useAppState((state) => state.exporting);
  const asking = useAppState((state) => state.asking);
  const keysShown = useAppState((state) => state.keysShown);
  const scale = useAppState((state) => state.settings?.appearance.textScalePercent ?? 100);
  const size = useWindowSize(scale);
  const first = page.name === 'welcome';
  useShortcuts(app);
  useEffect(() => app.show.toggleRail(size === 'wide'), [app, size]);

  return (
    <div className="app" data-size={size}>
      <div className="app-body">
        {railOpen && !first && size === 'wide' && <Rail narrow={false} />}
        {railOpen && !first && size !== 'wide' && <RailSheet />}
        <div className="app-centre">
          <Notices />
          {!railOpen && !first && (
            <IconButton
              className="rail-opener"
              icon="sidebar"
              label={t('rail.open')}
              onClick={() => app.show.toggleRail(true)}
            />
          )}
          {pageBody(page)}
          {!railOpen && !first && <Imports />}
        </div>
      </div>
      {!first && <PlayerBar />}
      {!first && <Pulse />}
      <Announcer />
      <DropZone />
      {exporting && <ExportDialog key={exporting.sessionId} target={exporting} />}
      {asking && <AskDialog key={asking.session?.id ?? 'any'} target={asking} />}
      {keysShown && <KeysDialog />}
      <Toasts />
    </div>
  );
}

/** The rail over the page: it closes when something is chosen. */
function RailSheet() {
  const { t } = useText();
  const { show } = useApp();
  return (
    <Dialog.Root open onOpenChange={(open) => show.toggleRail(open)}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="rail-sheet" aria-describedby={undefined} onOpenAutoFocus={focusItself}>
          <Dialog.Title className="unseen">{t('rail.label')}</Dialog.Title>
          <Rail narrow />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
