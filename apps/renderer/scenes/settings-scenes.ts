import { EarshotError, settingsSchema, type DoorParams } from '#protocol';
import type { SettingsSection } from '../store/app-state.ts';
import { heartbeat, loud, model, said, usualResponds } from './builders.ts';
import { KITCHEN } from './live-scenes.ts';
import type { Scene } from './scene.ts';

const usual = [...heartbeat(67, usualResponds), ...said(KITCHEN), loud(0.1)];
const settingsScene = (
  section: SettingsSection,
  settings: DoorParams<'settings.set'>['settings'] = {},
): Scene => ({
  answers: { 'settings.get': settingsSchema.parse({ welcomed: true, ...settings }) },
  pushes: usual,
  state: { page: { name: 'settings', section } },
});

const LLM_ADDRESS = 'http://127.0.0.1:11434/v1';
const LLM_MODELS = [{ id: 'qwen3:4b', contextTokens: 32_768 }, { id: 'llama3.2:3b' }];
const REMOTE = {
  address: 'http://studio.lan:11434/v1',
  origin: 'http://studio.lan:11434',
  host: 'studio.lan:11434',
};

/** The settings, section by section. */
export const SETTINGS_SCENES = {
  'settings-listening': { ...settingsScene('listening'), pushes: [...usual, loud(0.08)] },
  'settings-sounds': settingsScene('sounds', {
    sounds: {
      classes: {
        smoke_alarm: { action: 'say', threshold: 0.3 },
        doorbell: { action: 'notify' },
        speech: { enabled: false },
      },
    },
  }),
  'settings-translation': {
    ...settingsScene('translation'),
    answers: {
      'settings.get': settingsSchema.parse({
        welcomed: true,
        translation: { glossary: [{ source: 'Earshot' }, { source: 'town hall', target: 'ayuntamiento' }] },
      }),
      'models.list': [
        model('earshot-translate-en-es', 'English to Spanish', {
          license: 'Apache-2.0',
          bytesTotal: 9_600_000,
          removable: false,
        }),
      ],
    },
  },
  'settings-translation-missing': settingsScene('translation', { translation: { target: 'fr' } }),
  'settings-assistant': {
    ...settingsScene('assistant', { sounds: { quietHours: { startMinute: 1320, endMinute: 420 } } }),
  },
  'settings-assistant-es': { ...settingsScene('assistant'), locale: 'es-ES' },
  'settings-assistant-zh': { ...settingsScene('assistant'), locale: 'zh-CN' },
  'settings-llm-found': {
    ...settingsScene('assistant'),
    answers: { 'llm.find': [{ name: 'Ollama', address: 'http://127.0.0.1:11434', models: LLM_MODELS }] },
    clicks: [{ role: 'button', name: 'Look on this machine' }],
  },
  'settings-llm-remote': {
    ...settingsScene('assistant'),
    answers: {
      'llm.look': ({ confirmedHost }) => ({
        ...REMOTE,
        leavesMachine: true,
        ...(confirmedHost === REMOTE.host ? { models: LLM_MODELS } : {}),
      }),
    },
    fills: [{ label: 'Address', text: 'studio.lan:11434' }],
    clicks: [{ role: 'button', name: 'Connect' }],
  },
  'settings-llm-chosen': {
    ...settingsScene('assistant'),
    answers: {
      'settings.get': settingsSchema.parse({
        welcomed: true,
        llm: { address: LLM_ADDRESS, model: 'qwen3:4b' },
      }),
      'llm.look': {
        address: LLM_ADDRESS,
        origin: 'http://127.0.0.1:11434',
        host: '127.0.0.1:11434',
        leavesMachine: false,
        models: LLM_MODELS,
      },
      'llm.test': {
        model: 'qwen3:4b',
        origin: 'http://127.0.0.1:11434',
        text: 'I am ready.',
        firstWordMs: 420,
      },
    },
    clicks: [{ role: 'button', name: 'Ask it a sentence' }],
  },
  'settings-llm-away': {
    ...settingsScene('assistant'),
    answers: {
      'settings.get': settingsSchema.parse({
        welcomed: true,
        llm: { address: REMOTE.address, model: 'qwen3:4b', confirmedOrigin: REMOTE.origin },
      }),
      'llm.look': () =>
        Promise.reject(new EarshotError('offline', `${REMOTE.origin} does not answer.`, { retryable: true })),
    },
  },
  'settings-voice': settingsScene('voice', { voice: { enabled: true } }),
  'settings-voice-window': settingsScene('voice', { voice: { enabled: true, by: 'window' } }),
  'settings-voice-none': {
    ...settingsScene('voice', { voice: { enabled: true } }),
    answers: {
      'settings.get': settingsSchema.parse({ welcomed: true, voice: { enabled: true } }),
      'voice.describe': { voices: [] },
    },
  },
  'settings-voice-es': { ...settingsScene('voice', { voice: { enabled: true } }), locale: 'es-ES' },
  'settings-voice-zh': { ...settingsScene('voice', { voice: { enabled: true } }), locale: 'zh-CN' },
  'settings-models': settingsScene('models'),
  'settings-models-installing': {
    ...settingsScene('models'),
    answers: {
      'models.list': [
        model('moonshine-tiny-en', 'Moonshine tiny, English', {
          state: 'installing',
          bytesOnDisk: 0,
          progress: { doneBytes: 12_212_000, totalBytes: 28_400_000, phase: 'download' },
        }),
        model('silero-vad', 'Silero voice activity', {
          state: 'partial',
          bytesOnDisk: 900_000,
          bytesTotal: 2_300_000,
        }),
        model('opus-mt-en-es', 'Opus-MT, English to Spanish', {
          state: 'missing',
          bytesOnDisk: 0,
          bytesTotal: 78_000_000,
          license: 'CC-BY-4.0',
        }),
        model('sounds', 'Everyday sounds', {
          state: 'corrupt',
          bytesOnDisk: 120_000,
          bytesTotal: 120_000,
          license: 'Apache-2.0',
          problem: 'head.onnx is not what the manifest lists.',
        }),
      ],
    },
  },
  'settings-privacy': settingsScene('privacy'),
  'settings-delete': { ...settingsScene('privacy'), clicks: [{ role: 'button', name: 'Delete everything' }] },
  'settings-notifications': settingsScene('notifications'),
  'settings-appearance': settingsScene('appearance'),
  'settings-captions': settingsScene('captions'),
  'settings-diagnostics': settingsScene('diagnostics'),
} satisfies Record<string, Scene>;
