import type { Responder } from '../assistant/responder.ts';
import { commandsOf } from './responder-commands.ts';
import { LlmResponder } from './llm-responder.ts';
import { summariseLines } from './summarise.ts';
import { LLM_KEY_VARIABLE, openChosenLlm, type LlmSettings } from './open-llm.ts';

/** Answers through the chosen language model, looked up at each request; undefined when the person has chosen none. */
export function chosenResponder(settings: LlmSettings): Responder | undefined {
  if (settings.address === undefined) return undefined;
  return {
    async *respond(request, context, signal) {
      const apiKey = process.env[LLM_KEY_VARIABLE];
      const chosen = await openChosenLlm(settings, { apiKey, signal });
      if (!chosen) return;
      const { actions, confirm } = context;
      const responder = new LlmResponder({ ...chosen, commands: commandsOf(actions), confirm });
      yield* responder.respond(request, context, signal);
    },
    summarise: async (lines, signal) => {
      const chosen = await openChosenLlm(settings, { apiKey: process.env[LLM_KEY_VARIABLE], signal });
      return chosen ? summariseLines(chosen, lines, signal) : '';
    },
  };
}
