import type { EarshotEvent } from '#protocol';
import { settingsSchema } from '#protocol';
import {
  IDLE,
  LISTENING,
  heartbeat,
  hostInfo,
  line,
  loud,
  reply,
  said,
  sound,
  translated,
  usualResponds,
} from './builders.ts';
import type { Scene } from './scene.ts';

export const KITCHEN: readonly EarshotEvent[] = [
  line(1, 1.4, 4.6, 'Did you hear back from the school about Thursday?'),
  line(
    2,
    5.1,
    9.8,
    'They moved it to half past four, so we can take the later bus and still be there in time.',
  ),
  sound(1, 10.4, 10.9, 'dog_bark'),
  sound(2, 11.2, 11.6, 'dog_bark'),
  line(3, 13.2, 16.4, 'He wants to go out. I will take him once the bread is in the oven.'),
  sound(3, 14, 52, 'rain', { final: false, confidence: 0.81 }),
  line(4, 18.1, 21.5, 'Take the big umbrella, it has just begun to rain.'),
  line(5, 26.2, 30.7, 'What was the temperature for the second half, two hundred or two hundred and twenty?'),
  reply(1, 31.6, 'Two hundred and twenty for ten minutes, then two hundred. You said so at 11:48.', {
    trigger: { kind: 'transcript', of: 5 },
  }),
  line(6, 36.3, 40.1, 'Right. And the lid comes off after twenty minutes.'),
  sound(4, 42.2, 43.1, 'doorbell', { confidence: 0.97 }),
  line(7, 45.2, 48.9, 'That will be the parcel. Could you get it? My hands are covered in flour.'),
];

const SPEAKING = [
  ...KITCHEN,
  line(
    8,
    57.1,
    66.8,
    'I was thinking that on Saturday we could drive out to the lake, if the weather is going to hold',
    {
      final: false,
      stable: 71,
    },
  ),
];

const TWO_LANGUAGES = [
  line(1, 1.2, 4.4, 'The train to the coast leaves from platform nine.'),
  translated(1, 'El tren a la costa sale del andén nueve.'),
  line(2, 5, 9.2, 'It will be about ten minutes late today because of work on the line near the river.'),
  translated(2, 'Hoy llegará unos diez minutos tarde por las obras en la vía cerca del río.'),
  line(3, 12.4, 15.1, 'Perdone, ¿este tren para en Santa Clara?', { language: 'es' }),
  translated(3, 'Excuse me, does this train stop in Santa Clara?', 'en'),
  line(4, 16, 19.6, 'Yes, it is the fourth stop. Sit on the left for the view.'),
  translated(4, 'Sí, es la cuarta parada. Siéntese a la izquierda por las vistas.'),
  sound(1, 20.5, 22, 'bell'),
  line(5, 23.2, 27.9, 'Muchas gracias. ¿Y sabe si hay un autobús', {
    language: 'es',
    final: false,
    stable: 23,
  }),
  translated(5, 'Thank you very much. And do you know', 'en', false),
];

const FLOOD_LABELS = [
  'dishes',
  'dishes',
  'water_running',
  'dog_bark',
  'dog_bark',
  'dog_bark',
  'laughter',
  'door_slam',
  'keys_jangling',
  'phone_ring',
  'cough',
  'sneeze',
  'clapping',
  'glass_breaking',
  'crying_baby',
  'keyboard_typing',
  'paper',
  'yawn',
  'smoke_alarm',
  'smoke_alarm',
  'beep',
  'door_open',
  'knock',
  'clock_tick',
  'rooster',
  'chainsaw',
  'helicopter',
  'hair_dryer',
  'electric_shaver',
  'scream',
  'crying',
  'breathing',
  'siren',
  'alarm_clock',
  'fire_crackling',
  'music',
  'sea_waves',
  'speech',
  'doorbell',
  'kettle_whistle',
] as const;
const FLOOD = [
  line(1, 0.6, 2.8, 'Everybody is here now, mind the step.'),
  sound(100, 3, 60, 'music', { final: false, confidence: 0.9 }),
  ...FLOOD_LABELS.map((label, index) => sound(index + 1, 4 + index * 1.3, 4.6 + index * 1.3, label)),
  sound(101, 20, 44, 'rain', { confidence: 0.77 }),
  line(2, 59, 61, 'Could somebody turn that down?'),
];

const MEETING = [
  line(1, 1.2, 4.4, 'Can everybody hear me? Then let us begin with the garden.', { channel: 'me' }),
  line(2, 5, 9.2, 'Yes, we hear you. Anna has the numbers for the fence.', { channel: 'others' }),
  line(3, 9.9, 14, 'It comes to eleven hundred, with the gate.', { channel: 'others' }),
  line(4, 15.1, 18.2, 'That is within the budget. I will order it by Friday.', { channel: 'me' }),
  reply(1, 20, 'You have agreed on the fence for eleven hundred, and you will order it by Friday.', {
    trigger: { kind: 'transcript', of: 4 },
    links: [
      { kind: 'transcript', of: 3, start: 9.9 },
      { kind: 'transcript', of: 4, start: 15.1 },
    ],
  }),
  line(5, 24, 27, 'Good. What about the', { channel: 'others', final: false, stable: 10 }),
];

const ALARM = [...KITCHEN.slice(0, 5), sound(9, 19.2, 23.4, 'smoke_alarm', { confidence: 0.98 })];

const HOSTILE = [
  line(1, 1, 3, '<img src=x onerror="document.title=\'owned\'"> <script>document.title="owned"</script>'),
  translated(1, '</p><h1>javascript:alert(1)</h1> {count} ${process.env} \u202Eesrever\u202C'),
  sound(1, 4, 5, '<b>boom</b>'),
  reply(1, 6, '[link](javascript:alert(1)) <iframe src="https://example.org">', {
    trigger: { kind: 'sound', of: 1 },
  }),
];

const live = (events: readonly EarshotEvent[], seconds = 67): Scene => ({
  pushes: [...heartbeat(seconds, usualResponds), ...said(events), loud(0.12)],
});

export const LIVE_SCENES = {
  idle: { answers: { 'host.state': IDLE } },
  starting: { answers: { 'host.state': { ...LISTENING, activity: 'starting' } } },
  'nothing-heard-yet': { pushes: [...heartbeat(6, () => undefined), loud(0.01)] },
  speaking: live(SPEAKING),
  'pulse-hover': { ...live(SPEAKING), hover: '.pulse-slider' },
  'two-languages': live(TWO_LANGUAGES, 28),
  meeting: live(MEETING, 28),
  'sound-flood': live(FLOOD, 62),
  'reply-speaking': live(
    [
      ...ALARM,
      reply(2, 24, 'The smoke alarm in the hall is', {
        trigger: { kind: 'sound', of: 9 },
        emotion: 'urgent',
        final: false,
      }),
    ],
    25,
  ),
  'reply-aloud': {
    ...live(
      [
        ...ALARM,
        reply(2, 24, 'The smoke alarm in the hall is sounding. The oven is still on.', {
          trigger: { kind: 'sound', of: 9 },
          emotion: 'urgent',
        }),
      ],
      25,
    ),
    act: ({ store }) => store.setState({ host: { ...LISTENING, speaks: 'host', saying: 2 } }),
  },
  'reply-interrupted': live(
    [
      ...ALARM,
      reply(2, 24, 'The smoke alarm in the hall is', {
        trigger: { kind: 'sound', of: 9 },
        emotion: 'urgent',
        final: false,
      }),
      reply(3, 27, 'It has stopped. The oven is still on.', { trigger: { kind: 'sound', of: 9 } }),
      line(8, 28.2, 30.4, 'Thank you, I am opening the window.'),
    ],
    31,
  ),
  stopped: {
    ...live(KITCHEN),
    act: ({ store }) => store.setState({ host: { ...IDLE, startedAtMs: LISTENING.startedAtMs ?? 0 } }),
  },
  'hostile-text': live(HOSTILE, 8),
  'large-text': {
    ...live(SPEAKING),
    answers: {
      'settings.get': settingsSchema.parse({ welcomed: true, appearance: { textScalePercent: 300 } }),
    },
  },
  spanish: { ...live(TWO_LANGUAGES, 28), locale: 'es-ES' },
  chinese: { ...live(TWO_LANGUAGES, 28), locale: 'zh-CN' },
  watching: {
    ...live(SPEAKING),
    answers: {
      'host.info': hostInfo(
        { kind: 'browser' },
        {
          control: false,
          nativeMicrophone: false,
          systemAudio: false,
          hotkey: false,
          startAtLogin: false,
          captionsWindow: false,
        },
      ),
    },
  },
} satisfies Record<string, Scene>;

export { SPEAKING, TWO_LANGUAGES };
