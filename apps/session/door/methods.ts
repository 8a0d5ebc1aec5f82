import type { z } from 'zod';
import type { DoorMethod, DoorPush, DoorResult, HostInfo, doorMethods } from '#protocol';
import type { AudioSource, Clock, InputDevice, MicrophoneOptions } from '#audio';
import type { Application } from '../controller/application.ts';
import type { FindSpeaker } from './host-voice.ts';

/** Names the window that asks, where a host has several; what a window holds is let go of when it leaves. */
export type Caller = string;

/** One handler for one method; parameters are checked before it is called, its answer afterwards. */
export type DoorHandler<Method extends DoorMethod> = (
  params: z.output<(typeof doorMethods)[Method]['params']>,
  caller: Caller,
) => DoorResult<Method> | Promise<DoorResult<Method>>;

/** Handlers of some methods: what one topic contributes. */
export type DoorHandlers<Method extends DoorMethod = DoorMethod> = {
  readonly [Name in Method]: DoorHandler<Name>;
};

/** Where live sound comes from: this machine's microphones, or what a door puts in their place. */
export interface LiveSources {
  openMicrophone(options: MicrophoneOptions): Promise<AudioSource>;
  listDevices(): Promise<readonly Pick<InputDevice, 'id' | 'name' | 'isDefault'>[]>;
}

/** What every topic of the host is built on. */
export interface HostContext {
  readonly application: Application;
  readonly info: HostInfo;
  readonly clock: Clock;
  readonly sources: LiveSources;
  /** The voice of this machine. */
  readonly findSpeaker: FindSpeaker;
  /** Whether a window is shown by this machine itself. */
  isHere(caller: Caller): boolean;
  push(push: DoorPush): void;
}
