import type { App, DesktopCapturer, Session, WebContents, WebPreferences } from 'electron';
import { isOurs } from './origin.ts';
import { mayUse } from './permissions.ts';

/** Of every window: no Node, its own world, the sandbox, nothing embedded. */
export const SAFE_WEB_PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  spellcheck: false,
} as const satisfies WebPreferences;

/** No page leaves our origin, opens a window or embeds another, whichever window it is in. */
export function hardenContents(app: Pick<App, 'on'>): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (details) => {
      if (!isOurs(details.url)) details.preventDefault();
    });
    contents.on('will-frame-navigate', (details) => {
      if (!details.isMainFrame || !isOurs(details.url)) details.preventDefault();
    });
    contents.on('will-redirect', (details) => {
      if (!isOurs(details.url)) details.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** What pages may use, and where the system's sound comes from. */
export function hardenSession(
  session: Session,
  systemAudio: { readonly offered: boolean; readonly capturer: Pick<DesktopCapturer, 'getSources'> },
): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    const mediaTypes = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    const origin = ('securityOrigin' in details && details.securityOrigin) || details.requestingUrl;
    callback(details.isMainFrame && mayUse({ permission, origin, mediaTypes }));
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    const mediaTypes = details.mediaType === undefined ? [] : [details.mediaType];
    return mayUse({ permission, origin: details.securityOrigin ?? requestingOrigin, mediaTypes });
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((request, callback) => {
    if (!systemAudio.offered || !isOurs(request.securityOrigin) || !request.audioRequested) {
      callback({});
      return;
    }
    // Chromium gives the sound only together with a picture; the window throws the picture away at once.
    systemAudio.capturer.getSources({ types: ['screen'], thumbnailSize: { width: 0, height: 0 } }).then(
      ([screen]) => callback(screen ? { video: screen, audio: 'loopback' } : {}),
      () => callback({}),
    );
  });
}
