/**
 * Whether Chromium can hand out what the computer plays: on Windows always, on macOS from 13 on (ScreenCaptureKit,
 * later Core Audio taps). On Linux the sound server offers it as an input named "Monitor of …" instead.
 *
 * @param release - the kernel's version, as `os.release()` gives it; Darwin 22 is macOS 13.
 */
export function offersSystemAudio(platform: NodeJS.Platform, release: string): boolean {
  if (platform === 'win32') return true;
  return platform === 'darwin' && Number.parseInt(release, 10) >= 22;
}
