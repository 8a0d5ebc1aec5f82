import type { HostState, ImportInfo, ModelInfo } from '#protocol';
import {
  IDLE,
  LISTENING,
  MODELS,
  heartbeat,
  hostInfo,
  line,
  loud,
  model,
  said,
  session,
  trouble,
  usualResponds,
} from './builders.ts';
import { KITCHEN } from './live-scenes.ts';
import { SCENE_NOW_MS, type Scene } from './scene.ts';

const usual = [...heartbeat(67, usualResponds), ...said(KITCHEN), loud(0.1)];

function stoppedBy(code: NonNullable<HostState['problem']>['code'], message: string): HostState {
  return { ...IDLE, problem: { code, message, retryable: true } };
}

function withModel(state: ModelInfo['state'], more: Partial<ModelInfo> = {}): Scene {
  const first = model('moonshine-tiny-en', 'Moonshine tiny, English', { state, bytesOnDisk: 0, ...more });
  return { answers: { 'host.state': IDLE, 'models.list': [first, ...MODELS.slice(1)] } };
}

const running = (
  id: number,
  name: string,
  heardSeconds: number,
  more: Partial<ImportInfo> = {},
): ImportInfo => ({
  id,
  name,
  state: 'running',
  heardSeconds,
  durationSeconds: 3600,
  ...more,
});

/** Everything that can be amiss, and what is under way. */
export const TROUBLE_SCENES = {
  muted: { pushes: usual, act: ({ store }) => store.setState({ silentSinceMs: SCENE_NOW_MS - 12_000 }) },
  'no-microphone': {
    answers: {
      'host.state': stoppedBy('device-unavailable', 'No microphone is connected. Connect one and try again.'),
      'devices.list': [],
    },
  },
  'permission-denied': {
    answers: {
      'host.state': IDLE,
      'host.info': hostInfo({ platform: 'darwin' }),
    },
    act: ({ store }) =>
      store.setState({ captureProblem: { code: 'microphone-denied', message: 'Permission denied' } }),
  },
  'model-missing': withModel('missing'),
  'model-installing': withModel('installing', {
    progress: { doneBytes: 12_212_000, totalBytes: 28_400_000, phase: 'download' },
  }),
  'model-failed': withModel('missing', {
    problem: 'The registry did not answer for 30 s. Check the network or the proxy and install again.',
  }),
  'model-verifying': withModel('verifying', {
    progress: { doneBytes: 25_000_000, totalBytes: 28_400_000, phase: 'verify' },
  }),
  'model-corrupt': withModel('corrupt', { problem: 'encoder_model.onnx is not what the manifest lists.' }),
  restarting: {
    answers: { 'host.state': { ...LISTENING, activity: 'restarting' } },
    pushes: usual,
  },
  restarted: {
    pushes: [
      ...usual,
      ...said([trouble('worker-crashed'), line(8, 67.6, 70, 'So where were we? The parcel, yes.')]),
    ],
  },
  'too-slow': {
    pushes: [
      ...usual.map((push) =>
        push.kind === 'event' && push.event.type === 'decision' && push.event.chunk % 40 > 28
          ? { ...push, event: { ...push.event, decision: 'silent' as const, leftOut: true as const } }
          : push,
      ),
      ...said([trouble('too-slow')]),
    ],
  },
  'source-lost': {
    answers: { 'host.state': { ...LISTENING, activity: 'source-lost' } },
    pushes: [...usual, ...said([trouble('source-lost')])],
  },
  'source-found': {
    pushes: [
      ...usual,
      ...said([
        trouble('source-lost'),
        trouble('source-recovered'),
        line(8, 67.6, 69, 'The cable was loose.'),
      ]),
    ],
  },
  'disk-nearly-full': {
    answers: {
      'host.info': hostInfo({
        notices: ['210 MB are left on the disk. Free some space so that sessions can be kept.'],
      }),
    },
    pushes: usual,
  },
  'disk-full': {
    pushes: [
      ...usual,
      ...said([trouble('disk-full', 'No space left on the disk. Free some space and try again.')]),
    ],
  },
  offline: {
    pushes: usual,
    act: ({ store }) => store.setState({ connection: 'lost' }),
  },
  refused: { connection: 'refused' },
  'update-ready': {
    answers: {
      'host.info': hostInfo({ update: { version: '0.2.0' } }),
    },
    pushes: usual,
  },
  recoverable: {
    answers: {
      'host.state': IDLE,
      'sessions.recoverable': [{ session: session(36, 'Kitchen', 26, 7), recoverableSeconds: 95 }],
    },
  },
  importing: {
    answers: {
      'imports.list': [
        running(1, 'lecture-2026-05-12.flac', 1548),
        running(2, 'phone-call.mp3', 120, { state: 'done', sessionId: 33 }),
        running(3, 'holiday.mov', 0, {
          state: 'failed',
          problem: 'This is not a recording that Earshot reads.',
        }),
      ],
    },
    pushes: usual,
  },
  dropping: { pushes: usual, state: { dropping: true } },
} satisfies Record<string, Scene>;
