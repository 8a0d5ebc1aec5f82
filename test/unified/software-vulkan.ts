import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where Chromium keeps its driver that computes on the processor (SwiftShader), by distribution. */
const FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib64/chromium-browser',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
];
const DRIVER = 'vk_swiftshader_icd.json';

/** Environment in which WebGPU computes on the processor, with the driver and the loader of a Chromium; undefined without one. */
export function softwareVulkan(): Record<string, string> | undefined {
  if (process.platform !== 'linux') return undefined;
  const named = process.env['CHROMIUM_PATH'];
  const folder = [...(named === undefined ? [] : [dirname(named)]), ...FOLDERS].find((path) =>
    existsSync(join(path, DRIVER)),
  );
  if (folder === undefined) return undefined;
  const driver = join(folder, DRIVER);
  // Loaders before 1.3.207 know the first name alone.
  return { VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: folder };
}

/** Why WebGPU cannot be tested here; nothing when it can. */
export function whyNoSoftwareVulkan(): string | undefined {
  if (process.platform !== 'linux') return 'a software Vulkan is looked for on Linux alone';
  return softwareVulkan() ? undefined : 'no Chromium with its software Vulkan (SwiftShader) is installed';
}
