/** What `electron` means under the stand-in. */
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { closeBrowser, protocol } from './chromium.ts';
import { answerRemoteControl } from './remote-control.ts';

export { app, BrowserWindow, protocol };
export { ipcMain } from './ipc.ts';
export { utilityProcess } from './utility-process.ts';
export {
  desktopCapturer,
  dialog,
  globalShortcut,
  Menu,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
} from './surroundings.ts';

app.closeBrowser = closeBrowser;
app.closeWindows = () => {
  for (const window of BrowserWindow.getAllWindows()) window.close();
  return BrowserWindow.getAllWindows().length === 0;
};
answerRemoteControl();
