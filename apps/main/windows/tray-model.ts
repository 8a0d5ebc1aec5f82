import type { HostState } from '#protocol';
import type { Text } from '../strings.ts';

export const TRAY_FACES = ['idle', 'listening', 'speaking', 'error'] as const;
/** What the tray icon shows. */
export type TrayFace = (typeof TRAY_FACES)[number];

/** Everything that the tray depends on. */
export interface TraySituation {
  readonly state: HostState;
  /** The assistant is saying something. */
  readonly speaking: boolean;
  readonly captionsOpen: boolean;
  readonly captionsLocked: boolean;
  readonly doNotDisturb: boolean;
}

export type TrayAction =
  'toggle' | 'open' | 'toggle-captions' | 'toggle-captions-lock' | 'toggle-do-not-disturb' | 'quit';

export interface TrayItem {
  readonly action: TrayAction;
  readonly label: string;
  readonly enabled: boolean;
  /** Present for something that is on or off. */
  readonly checked?: boolean;
}

export interface TrayModel {
  readonly face: TrayFace;
  readonly tooltip: string;
  /** Groups of items, divided by lines. */
  readonly groups: readonly (readonly TrayItem[])[];
}

/** What the tray shows in a situation: a pure function, so that it can be compared and tested. */
export function trayModel(situation: TraySituation, text: Text): TrayModel {
  const { state } = situation;
  const face = trayFace(situation);
  const detail = state.problem?.message ?? state.sourceLabel;
  const tooltip = text(`main.tray.tooltip.${face}`);
  return {
    face,
    tooltip: detail === undefined ? tooltip : text('main.tray.tooltip.with', { tooltip, detail }),
    groups: [
      [toggleItem(state, text), item('open', text('main.tray.open'))],
      [
        item('toggle-captions', text(`main.tray.captions.${situation.captionsOpen ? 'hide' : 'show'}`)),
        {
          ...item(
            'toggle-captions-lock',
            text(`main.tray.captions.${situation.captionsLocked ? 'unlock' : 'lock'}`),
          ),
          enabled: situation.captionsOpen,
        },
        {
          ...item('toggle-do-not-disturb', text('main.tray.doNotDisturb')),
          checked: situation.doNotDisturb,
        },
      ],
      [item('quit', text('main.tray.quit'))],
    ],
  };
}

function trayFace({ state, speaking }: TraySituation): TrayFace {
  switch (state.activity) {
    case 'idle':
    case 'finishing':
      return state.problem ? 'error' : 'idle';
    case 'restarting':
    case 'source-lost':
      return 'error';
    case 'starting':
    case 'listening':
      return speaking ? 'speaking' : 'listening';
  }
}

function toggleItem({ activity }: HostState, text: Text): TrayItem {
  if (activity === 'finishing') {
    return { ...item('toggle', text('main.tray.finishing')), enabled: false };
  }
  return item('toggle', text(activity === 'idle' ? 'main.tray.start' : 'main.tray.stop'));
}

function item(action: TrayAction, label: string): TrayItem {
  return { action, label, enabled: true };
}
