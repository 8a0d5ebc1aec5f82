import { EarshotError } from '#protocol';
import type { InputDevice } from './link.ts';

/**
 * The device that a person means: the default one without a name; otherwise the one with that name, or the only
 * one with that in its name, in any case of letters. Throws `device-unavailable` with the names that there are.
 */
export function chooseDevice(devices: readonly InputDevice[], name?: string): InputDevice {
  const fallback = devices.find((device) => device.isDefault) ?? devices[0];
  if (!fallback) throw noDevice();
  if (name === undefined) return fallback;

  const wanted = name.trim().toLowerCase();
  const exact = devices.find((device) => device.name.toLowerCase() === wanted);
  if (exact) return exact;
  const containing =
    wanted === '' ? [] : devices.filter((device) => device.name.toLowerCase().includes(wanted));
  const [only] = containing;
  if (only && containing.length === 1) return only;
  throw new EarshotError(
    'device-unavailable',
    only
      ? `"${name}" fits several microphones: ${listNames(containing)}. Name one of them in full.`
      : `There is no microphone "${name}". There is: ${listNames(devices)}.`,
  );
}

/** There is nothing to listen to at all. */
export function noDevice(reason?: string): EarshotError {
  const because = reason ? ` (${reason})` : '';
  return new EarshotError(
    'device-unavailable',
    `No microphone was found${because}. Plug one in, or pass a file to listen to.`,
  );
}

/** The device of the same name in a later list; its id may have changed. */
export function findByName(devices: readonly InputDevice[], name: string): InputDevice | undefined {
  return devices.find((device) => device.name === name);
}

function listNames(devices: readonly InputDevice[]): string {
  return devices.map((device) => `"${device.name}"`).join(', ');
}
