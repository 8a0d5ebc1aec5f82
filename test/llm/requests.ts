import type { VoiceName } from '../assistant/voices.ts';

/** What the made voices ask of a language model, and what they answer to it; none of it is known to the grammar. */
export const LLM_SENTENCES = {
  timer: { voice: 'anna', text: 'Earshot, my tea needs three more minutes.' },
  note: { voice: 'anna', text: 'Earshot, take a note: call the plumber on Monday.' },
  deletion: { voice: 'anna', text: 'Earshot, please erase what I wrote down.' },
  story: { voice: 'anna', text: 'Earshot, tell me a story.' },
  yes: { voice: 'ben', text: 'Yes, please do it.' },
  no: { voice: 'ben', text: 'No, better keep them.' },
} as const satisfies Record<string, { readonly voice: VoiceName; readonly text: string }>;
