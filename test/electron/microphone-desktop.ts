/** The built application with a data folder and a microphone of its own. */
import { join } from 'node:path';
import { settingsSchema } from '#protocol';
import { saveSettings } from '#session';
import type { z } from 'zod';
import { PulseHarness } from '../capture/pulse.ts';
import { openTestDataFolder, type TestDataFolder } from './prepare.ts';
import { DesktopUnderTest } from './stand-in/launch.ts';

/** What a test of listening has under its hands; `dispose` ends it all. */
export class MicrophoneDesktop {
  readonly pulse: PulseHarness;
  readonly data: TestDataFolder;
  #desktop: DesktopUnderTest;

  private constructor(pulse: PulseHarness, data: TestDataFolder) {
    this.pulse = pulse;
    this.data = data;
    this.#desktop = this.launch();
  }

  /** Launched, with the models, past the first steps. */
  static async start(settings: z.input<typeof settingsSchema> = {}): Promise<MicrophoneDesktop> {
    const pulse = await PulseHarness.start();
    const data = await openTestDataFolder({ models: true });
    const whole = settingsSchema.parse({ ...settings, welcomed: true });
    await saveSettings(join(data.path, 'settings.json'), whole);
    return new MicrophoneDesktop(pulse, data);
  }

  /** The application that was launched last. */
  get desktop(): DesktopUnderTest {
    return this.#desktop;
  }

  /** Once more, over the same data and microphone. */
  launch(): DesktopUnderTest {
    this.#desktop = DesktopUnderTest.launch({ dataDir: this.data.path, env: this.pulse.env });
    return this.#desktop;
  }

  async dispose(): Promise<void> {
    await this.#desktop.kill();
    await this.pulse.stop();
    await this.data.dispose();
  }
}
