import type { InputDevice } from '#session';
import { renderTable } from './table.ts';

/** Microphones as a table; the system's default is marked. */
export function renderDevices(devices: readonly InputDevice[], columns: number): string {
  return renderTable(
    [
      { title: '' },
      { title: 'microphone', flexible: true },
      { title: 'channels', align: 'right' },
      { title: 'rate', align: 'right' },
      { title: 'heard through' },
    ],
    devices.map((device) => [
      device.isDefault ? '*' : '',
      device.name,
      String(device.channels),
      `${device.sampleRateHz} Hz`,
      device.backend,
    ]),
    columns,
  );
}
