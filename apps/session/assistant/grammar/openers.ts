/** Words with which an instruction begins, also where no name stands before it. */
export const BARE_INSTRUCTION =
  /^(?:please )?(?:what|when|who|how|count|tell|take|make|start|set|stop|cancel|read|summari[sz]e|repeat|translate|mute|unmute|help|and)\b/i;
/** With a name before it, however badly heard, these begin a request too; without one they are talk. */
const NAMED_INSTRUCTION =
  /^(?:you (?:can|may)|did|does|has|have|is|are|do|where|why|which|can|could|be quiet|shut up|note|remind|wake|let)\b/i;

/** Whether words that follow the name begin as a request does. */
export function beginsAsInstruction(words: string): boolean {
  return BARE_INSTRUCTION.test(words) || NAMED_INSTRUCTION.test(words);
}
