import { HIDDEN_START_ARGUMENT } from './system/login-item.ts';

/** What a start of the desktop application was asked to do. */
export interface DesktopArguments {
  /** `--data FOLDER` or `--data=FOLDER`: where everything is kept. */
  readonly dataDir: string | undefined;
  /** `--hidden`: into the tray, without a window. */
  readonly hidden: boolean;
  /** `--toggle`, or `toggle` alone as the command line has it: start or stop to listen, in the running instance. */
  readonly toggle: boolean;
}

/**
 * The arguments that mean something to us. Chromium's own and those that a desktop adds are passed over: an
 * application that is started by a click must not fail for a word it does not know.
 */
export function parseDesktopArguments(argv: readonly string[]): DesktopArguments {
  const index = argv.indexOf('--data');
  const joined = argv.find((argument) => argument.startsWith('--data='));
  const value = joined?.slice('--data='.length) ?? (index === -1 ? undefined : argv[index + 1]);
  return {
    dataDir: value === undefined || value === '' || value.startsWith('--') ? undefined : value,
    hidden: argv.includes(HIDDEN_START_ARGUMENT),
    toggle: argv.includes('--toggle') || argv.at(-1) === 'toggle',
  };
}
