import type { InterfaceLanguage } from '#protocol';
import en from '../../../resources/strings/en.json' with { type: 'json' };
import es from '../../../resources/strings/es.json' with { type: 'json' };
import zh from '../../../resources/strings/zh.json' with { type: 'json' };

const TEXTS: Readonly<Record<InterfaceLanguage, Readonly<Record<string, unknown>>>> = { en, es, zh };

/** One sentence for each label with a rule: what was heard, and what to do about it. */
const PHRASES: Readonly<Record<string, Readonly<Record<InterfaceLanguage, string>>>> = {
  smoke_alarm: {
    en: 'A smoke alarm is sounding. Please check for fire, and leave if you are not sure.',
    es: 'Suena una alarma de humo. Comprueba si hay fuego y sal si tienes dudas.',
    zh: '烟雾报警器在响。请检查是否起火，不确定就先离开。',
  },
  co_alarm: {
    en: 'A carbon monoxide alarm is sounding. Get into fresh air and call for help.',
    es: 'Suena una alarma de monóxido de carbono. Sal al aire libre y pide ayuda.',
    zh: '一氧化碳报警器在响。请立即到通风处并求助。',
  },
  siren: {
    en: 'There is a siren nearby. Take care if you are on the road.',
    es: 'Hay una sirena cerca. Ten cuidado si estás en la calle.',
    zh: '附近有警笛声。如在路上请注意安全。',
  },
  glass_breaking: {
    en: 'That sounded like breaking glass. Is everyone all right?',
    es: 'Ha sonado como un cristal que se rompe. ¿Está todo bien?',
    zh: '听起来像玻璃碎了。大家还好吗？',
  },
  scream: {
    en: 'Someone screamed. Is help needed?',
    es: 'Alguien ha gritado. ¿Hace falta ayuda?',
    zh: '有人尖叫。需要帮助吗？',
  },
  doorbell: { en: 'The doorbell rang.', es: 'Ha sonado el timbre.', zh: '门铃响了。' },
  knock: { en: 'Someone is knocking.', es: 'Alguien llama a la puerta.', zh: '有人在敲门。' },
  phone_ring: { en: 'A phone is ringing.', es: 'Suena un teléfono.', zh: '电话在响。' },
  alarm_clock: { en: 'An alarm clock is ringing.', es: 'Suena un despertador.', zh: '闹钟在响。' },
  beep: {
    en: 'A device is beeping; it may be done.',
    es: 'Pita un aparato; puede que haya terminado.',
    zh: '有设备在鸣响，可能已经完成。',
  },
  crying_baby: { en: 'The baby is crying.', es: 'El bebé llora.', zh: '宝宝在哭。' },
  crying: {
    en: 'Someone is crying. I am here if you want to talk.',
    es: 'Alguien llora. Aquí estoy si quieres hablar.',
    zh: '有人在哭。想聊聊的话我在。',
  },
  cough: {
    en: 'That is a lot of coughing. Some water may help.',
    es: 'Es mucha tos. Un poco de agua puede ayudar.',
    zh: '咳得有点多，喝点水也许会好些。',
  },
  sneeze: { en: 'Bless you.', es: 'Salud.', zh: '保重。' },
  chainsaw: {
    en: 'A chainsaw is running nearby. Keep your distance.',
    es: 'Hay una motosierra cerca. Mantén la distancia.',
    zh: '附近有电锯在工作，请保持距离。',
  },
};

/** The sentence about a sound; its name for one about which nothing is said unless somebody wishes it. */
export function proactivePhrase(label: string, language: InterfaceLanguage): string | undefined {
  const phrase = PHRASES[label]?.[language];
  const name = TEXTS[language][`sound.${label}`];
  if (phrase !== undefined || typeof name !== 'string') return phrase;
  return `${name}${language === 'zh' ? '。' : '.'}`;
}
