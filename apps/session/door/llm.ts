import { EarshotError, type LlmModelInfo } from '#protocol';
import {
  LLM_KEY_VARIABLE,
  LlmClient,
  findServers,
  openChosenLlm,
  readServerAddress,
  type LlmModel,
  type ServerAddress,
} from '../llm/index.ts';
import type { DoorHandlers, HostContext } from './methods.ts';

const QUESTION = 'Say in one short sentence that you are ready.';
const MAX_ANSWER_TOKENS = 200;
const TEST_TIMEOUT_MS = 60_000;

/** Finding, looking at and trying a language model. Choosing one is a change of the settings. */
export function llmHandlers({
  application,
}: HostContext): DoorHandlers<'llm.find' | 'llm.look' | 'llm.test'> {
  const apiKey = process.env[LLM_KEY_VARIABLE];
  return {
    'llm.find': async () => {
      const found = await findServers({ apiKey });
      return found.map(({ name, address, models }) => ({ name, address, models: models.map(toInfo) }));
    },
    'llm.look': async ({ address, confirmedHost }) => {
      const server = readAnyAddress(address);
      const { host } = new URL(server.origin);
      const seen = {
        address: server.baseUrl,
        origin: server.origin,
        host,
        leavesMachine: server.mayLeaveMachine,
      };
      if (server.mayLeaveMachine && confirmedHost?.toLowerCase() !== host) return seen;
      const models = await new LlmClient({ server, apiKey }).models();
      if (models.length === 0) {
        throw new EarshotError(
          'model-missing',
          `${server.origin} has no language model loaded. Load one there.`,
        );
      }
      return { ...seen, models: models.map(toInfo) };
    },
    'llm.test': async () => {
      const signal = AbortSignal.timeout(TEST_TIMEOUT_MS);
      const chosen = await openChosenLlm(application.settings.llm, { apiKey, signal });
      if (!chosen) throw new EarshotError('bad-usage', 'No language model is chosen.');
      const { client, model } = chosen;
      const startedAtMs = performance.now();
      let firstWordMs: number | undefined;
      let text = '';
      const messages = [{ role: 'user' as const, content: QUESTION }];
      for await (const piece of client.chat({ model, messages, maxTokens: MAX_ANSWER_TOKENS }, signal)) {
        firstWordMs ??= performance.now() - startedAtMs;
        if (piece.kind === 'text') text += piece.text;
      }
      if (firstWordMs === undefined || text.trim() === '') {
        throw new EarshotError('engine-failed', 'The language model had nothing to say.');
      }
      return {
        model,
        origin: client.server.origin,
        text: text.trim(),
        firstWordMs: Math.round(firstWordMs),
      };
    },
  };
}

/** An address whose origin nobody has to confirm yet: nothing is sent by reading it. */
function readAnyAddress(typed: string): ServerAddress {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) || /^\d+$/.test(typed) ? typed : `http://${typed}`;
  return readServerAddress(typed, URL.canParse(text) ? new URL(text).origin : undefined);
}

function toInfo({ id, contextTokens }: LlmModel): LlmModelInfo {
  return { id, ...(contextTokens !== undefined && { contextTokens }) };
}
