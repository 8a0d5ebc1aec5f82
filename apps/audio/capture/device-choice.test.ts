import { describe, expect, it } from 'vitest';
import { chooseDevice, findByName } from './device-choice.ts';
import type { InputDevice } from './link.ts';

function device(name: string, isDefault = false): InputDevice {
  return { id: name, name, isDefault, channels: 1, sampleRateHz: 48_000, backend: 'naudiodon' };
}

const DEVICES = [
  device('Built-in Audio'),
  device('USB Audio CODEC'),
  device('USB Microphone', true),
  device('usb'),
];

describe('chooseDevice', () => {
  it.each([
    [undefined, 'USB Microphone'],
    ['USB Microphone', 'USB Microphone'],
    ['usb microphone', 'USB Microphone'],
    ['  Built-In Audio ', 'Built-in Audio'],
    ['codec', 'USB Audio CODEC'],
    // A whole name wins over being a part of others.
    ['USB', 'usb'],
  ])('%j means %s', (name, expected) => {
    expect(chooseDevice(DEVICES, name).name).toBe(expected);
  });

  it('takes the first device where none is the default', () => {
    expect(chooseDevice([device('a'), device('b')]).name).toBe('a');
  });

  it.each([
    [
      'nothing like it',
      /There is no microphone "nothing like it"\. There is: "Built-in Audio", "USB Audio CODEC"/,
    ],
    [
      'audio',
      /"audio" fits several microphones: "Built-in Audio", "USB Audio CODEC"\. Name one of them in full\./,
    ],
    [' ', /There is no microphone/],
  ])('%j: says what there is', (name, message) => {
    expect(() => chooseDevice(DEVICES, name)).toThrow(message);
  });

  it('says to pass a file where there is no device at all', () => {
    expect(() => chooseDevice([])).toThrow(/No microphone was found\. Plug one in, or pass a file/);
    expect(() => chooseDevice([], 'usb')).toThrow(/No microphone was found/);
  });

  it('finds a device again by its whole name only', () => {
    expect(findByName(DEVICES, 'usb')?.name).toBe('usb');
    expect(findByName(DEVICES, 'USB Audio')).toBeUndefined();
  });
});
