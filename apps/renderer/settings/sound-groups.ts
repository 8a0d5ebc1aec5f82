/** The labels that the sounds lane can say, by what they are to a person. */
export const SOUND_GROUPS = {
  danger: ['smoke_alarm', 'co_alarm', 'siren', 'glass_breaking', 'scream'],
  calls: ['doorbell', 'door_open', 'door_slam', 'phone_ring', 'alarm_clock', 'beep'],
  people: ['crying_baby', 'crying', 'cough', 'sneeze', 'laughter', 'clapping', 'breathing', 'yawn', 'speech'],
  home: [
    'water_running',
    'dishes',
    'keyboard_typing',
    'keys_jangling',
    'paper',
    'clock_tick',
    'hair_dryer',
    'electric_shaver',
    'fire_crackling',
  ],
  outside: ['dog_bark', 'rooster', 'rain', 'sea_waves', 'helicopter', 'chainsaw'],
} as const satisfies Record<string, readonly string[]>;

export type SoundGroup = keyof typeof SOUND_GROUPS;
export const SOUND_GROUP_NAMES = Object.keys(SOUND_GROUPS) as SoundGroup[];
