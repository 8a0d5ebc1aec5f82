/** One kind of spoken instruction. */
export interface IntentRule {
  readonly intent: string;
  readonly example: string;
  /** What it does, for the table that people read. */
  readonly does: string;
  readonly patterns: readonly RegExp[];
  /** The rest of the sentence is content and may come after a pause. */
  readonly wantsText?: true;
}

/** Every spoken instruction, the more particular ones first. `README.md` holds the same table; a test compares them. */
export const INTENTS = [
  {
    intent: 'timer-cancel',
    example: 'cancel the timer',
    does: 'stops every timer',
    patterns: [/\b(?:cancel|stop|delete) (?:the |my |all )?(?:\w+ )?(?:timers?)\b/i],
  },
  {
    intent: 'timer',
    example: 'start a five-minute timer',
    does: 'says when the time is over',
    patterns: [
      /\btimer\b/i,
      /\b(?:remind|wake) me in\b/i,
      /\b(?:start|set)\b.*\b(?:second|minute|hour)s?[ -]time\b/i,
    ],
  },
  {
    intent: 'note',
    example: 'take a note: buy milk',
    does: 'keeps the words as a note on their line',
    wantsText: true,
    patterns: [
      /\b(?:take|make|write|add) (?:a |the |this )?(?:note|down)\b[\s:,.-]*(?:that |to |of )?(?<text>.*)$/i,
      /^(?:please )?note (?:down |that )?(?<text>.+)$/i,
    ],
  },
  {
    intent: 'notes',
    example: 'read my notes',
    does: 'reads the notes of this session',
    patterns: [/\b(?:read|list|what are|show)(?: me)? (?:my |the |all )?notes\b/i],
  },
  {
    intent: 'count-start',
    example: 'count the dog barks',
    does: 'begins to count a sound',
    patterns: [/\b(?:count|keep count of)\b/i],
  },
  {
    intent: 'count',
    example: 'how many times did the dog bark?',
    does: 'says how often a sound was heard',
    patterns: [/\bhow (?:many|often)\b/i],
  },
  {
    intent: 'sound-watch',
    example: 'tell me when the washing machine beeps',
    does: 'says when a sound comes',
    patterns: [/\b(?:tell|alert|warn|notify|let) me (?:know )?(?:when|if|as soon as)\b/i],
  },
  {
    intent: 'sound-when',
    example: 'when did the dog bark?',
    does: 'says when a sound was last heard',
    patterns: [/\bwhen (?:did|was|were)\b/i],
  },
  {
    intent: 'repeat',
    example: 'what did she just say?',
    does: 'repeats the last line that was said to somebody else',
    patterns: [
      /\b(?:what did (?:s?he|they|you) (?:just )?say|what was that|repeat (?:that|the last)|say (?:that|it) again)\b/i,
    ],
  },
  {
    intent: 'summary',
    example: 'summarise the last ten minutes',
    does: 'gives the main lines of a stretch of time',
    patterns: [/\b(?:summari[sz]e|summary|sum up|recap)\b/i],
  },
  {
    intent: 'missed',
    example: 'what did I miss since three?',
    does: 'gives the main lines and sounds since a time',
    patterns: [/\bwhat (?:did|have) i (?:miss|mist)/i],
  },
  {
    intent: 'mentioned',
    example: 'who mentioned the budget?',
    does: 'finds what was said about something, and when',
    patterns: [
      /\b(?:mentioned|mention|talk(?:ed)? about|sa(?:y|id) (?:(?:any|some) ?thing )?about|search for|look for|hear about)\s+(?<text>.+)$/i,
      /\b(?:did|has) (?:any|some) ?(?:one|body) (?:say|said)\s+(?:(?:any|some) ?thing about )?(?<text>.+)$/i,
    ],
  },
  {
    intent: 'unmute',
    example: 'unmute yourself',
    does: 'speaks again',
    patterns: [/\b(?:unmute|un-mute)\b/i, /\byou (?:can|may) (?:speak|talk)\b/i],
  },
  {
    intent: 'stop',
    example: 'stop',
    does: 'ends the reply that is being given',
    patterns: [
      /^(?:please |okay |ok )?(?:stop|stop it|stop that|that's enough|enough)(?: please| now)?[\s.!]*$/i,
    ],
  },
  {
    intent: 'mute',
    example: 'mute yourself',
    does: 'says nothing until it is unmuted',
    patterns: [/\b(?:mute|be quiet|stop talking|shut up)\b/i],
  },
  {
    intent: 'translate-stop',
    example: 'stop translating',
    does: 'ends the translation',
    patterns: [/\bstop (?:the )?translat/i],
  },
  {
    intent: 'translate',
    example: 'translate this into Spanish',
    does: 'switches the translation on, where its package is installed',
    patterns: [/\btranslate\b/i],
  },
  {
    intent: 'clock',
    example: 'what time is it?',
    does: 'says the time of day',
    patterns: [/\bwhat(?:'s| is)? (?:the )?time\b/i, /\btell me the time\b/i],
  },
  {
    intent: 'help',
    example: 'what can you do?',
    does: 'names what can be asked',
    patterns: [/\bwhat can (?:you|i) (?:do|ask|say)\b/i, /^help\b/i],
  },
] as const satisfies readonly IntentRule[];

export type IntentName = (typeof INTENTS)[number]['intent'];

/** A request that the grammar understood. */
export interface MatchedIntent {
  readonly intent: IntentName;
  /** The free words of the request; empty where it has none. */
  readonly text: string;
  /** Its words are still to come. */
  readonly incomplete: boolean;
}

/** The instruction in a request without the assistant's name; undefined when the grammar does not know it. */
export function matchIntent(request: string): MatchedIntent | undefined {
  for (const rule of INTENTS) {
    for (const pattern of rule.patterns) {
      const match = pattern.exec(request);
      if (!match) continue;
      const text = (match.groups?.['text'] ?? '').replace(/[\s.?!,]+$/, '').trim();
      return { intent: rule.intent, text, incomplete: 'wantsText' in rule && text === '' };
    }
  }
  return undefined;
}
