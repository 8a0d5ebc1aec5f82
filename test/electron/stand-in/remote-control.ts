/** The test's hands on the application: what a person does outside of its windows, and what they would see there. */
import { z } from 'zod';
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { debuggingPort } from './chromium.ts';
import {
  errorBoxes,
  globalShortcut,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  Tray,
} from './surroundings.ts';

export const remoteRequestSchema = z.object({
  id: z.number(),
  act: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('look') }),
    z.object({ kind: z.literal('press-hotkey'), accelerator: z.string() }),
    z.object({ kind: z.literal('click-tray'), item: z.string() }),
    z.object({ kind: z.literal('click-menu'), item: z.string() }),
    z.object({ kind: z.literal('close-window') }),
    z.object({ kind: z.literal('blur-window') }),
    z.object({ kind: z.literal('power'), event: z.enum(['suspend', 'resume', 'shutdown']) }),
    z.object({
      kind: z.literal('move-window'),
      bounds: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
    }),
    z.object({ kind: z.literal('quit') }),
  ]),
});
export type RemoteAct = z.infer<typeof remoteRequestSchema>['act'];

const windowViewSchema = z.object({
  visible: z.boolean(),
  onTop: z.boolean(),
  ignoresMouse: z.boolean(),
  bounds: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
  denied: z.array(z.string()),
  webPreferences: z.record(z.string(), z.unknown()),
});
export const viewSchema = z.object({
  debuggingPort: z.number().optional(),
  /** Whether the keys of the hotkey did something. */
  pressed: z.boolean().optional(),
  tray: z
    .object({ image: z.string(), imageFound: z.boolean(), tooltip: z.string(), labels: z.array(z.string()) })
    .optional(),
  notifications: z.array(z.object({ title: z.string(), body: z.string() })),
  errorBoxes: z.array(z.object({ title: z.string(), content: z.string() })),
  theme: z.string(),
  windows: z.array(windowViewSchema),
});
export type View = z.infer<typeof viewSchema>;

export function answerRemoteControl(): void {
  process.on('message', (raw) => {
    const { id, act } = remoteRequestSchema.parse(raw);
    try {
      const pressed = perform(act);
      process.send?.({ id, view: { ...look(), pressed } });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  });
  // A test that died leaves nobody to drive this.
  process.on('disconnect', () => app.exit(1));
}

function perform(act: RemoteAct): boolean | undefined {
  const [window] = BrowserWindow.getAllWindows();
  switch (act.kind) {
    case 'look':
      return undefined;
    case 'press-hotkey':
      return globalShortcut.press(act.accelerator);
    case 'click-tray':
      Tray.shown?.menu?.click(act.item);
      return undefined;
    case 'click-menu':
      Menu.applicationMenu?.click(act.item);
      return undefined;
    case 'close-window':
      window?.close();
      return undefined;
    case 'blur-window':
      window?.blur();
      return undefined;
    case 'power':
      powerMonitor.emit(act.event);
      return undefined;
    case 'move-window':
      window?.setBounds(act.bounds);
      return undefined;
    case 'quit':
      setImmediate(() => app.quit());
      return undefined;
  }
}

function look(): View {
  const tray = Tray.shown;
  return {
    debuggingPort: debuggingPort(),
    ...(tray && {
      tray: {
        image: tray.image.path,
        imageFound: !tray.image.isEmpty(),
        tooltip: tray.tooltip,
        labels: tray.menu?.template.flatMap(({ label }) => (label === undefined ? [] : [label])) ?? [],
      },
    }),
    notifications: Notification.shown.map(({ title = '', body = '' }) => ({ title, body })),
    errorBoxes,
    theme: nativeTheme.themeSource,
    windows: BrowserWindow.getAllWindows().map((window) => ({
      visible: window.isVisible(),
      onTop: window.onTop,
      ignoresMouse: window.ignoresMouse,
      bounds: window.getBounds(),
      denied: window.webContents.denied,
      webPreferences: { ...window.options.webPreferences },
    })),
  };
}
