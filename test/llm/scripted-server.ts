/**
 * A server that speaks the OpenAI-compatible protocol with answers from a script: the name of the model says how it
 * behaves. Runs as a process of its own, prints its port, and tells under `/told` what it was asked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

const told: { body: Asked; closedEarly: boolean }[] = [];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function sendChunk(response: ServerResponse, delta: object, finish: string | null = null): void {
  response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
}

async function say(response: ServerResponse, text: string, everyMs = 0): Promise<void> {
  for (const word of text.match(/\S+\s*/g) ?? []) {
    sendChunk(response, { content: word });
    if (everyMs > 0) await sleep(everyMs);
    if (response.destroyed) return;
  }
}

function finish(response: ServerResponse, reason = 'stop'): void {
  sendChunk(response, {}, reason);
  response.end('data: [DONE]\n\n');
}

/** A call in three parts, as servers stream it. */
function call(response: ServerResponse, name: string, parameters: string): void {
  sendChunk(response, {
    tool_calls: [{ index: 0, id: 'call-1', type: 'function', function: { name, arguments: '' } }],
  });
  const middle = Math.ceil(parameters.length / 2);
  for (const part of [parameters.slice(0, middle), parameters.slice(middle)]) {
    sendChunk(response, { tool_calls: [{ index: 0, function: { arguments: part } }] });
  }
  finish(response, 'tool_calls');
}

const COUNTING =
  'One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty.';

async function answer(asked: Asked, response: ServerResponse): Promise<void> {
  const { model, messages, tools = [] } = asked;
  const result = messages.find(({ role }) => role === 'tool');
  if (model === 'fails') return json(response, 500, { error: { message: 'cuda error' } });
  if (model === 'loading') return json(response, 503, { error: { message: 'Loading model' } });
  if (model === 'absent')
    return json(response, 404, { error: { message: 'model "absent" not found, try pulling it first' } });
  if (model === 'locked') return json(response, 401, { error: { message: 'no key' } });
  if (model === 'redirects')
    return void response.writeHead(307, { location: 'http://192.0.2.1/v1/chat/completions' }).end();
  if (model === 'no-tools' && tools.length > 0)
    return json(response, 400, { error: { message: 'no-tools does not support tools' } });
  if (model === 'hangs') return void (await sleep(60_000));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (model === 'slow') await sleep(700);
  if (model === 'stalls') {
    await say(response, 'This begins and ');
    return void (await sleep(60_000));
  }
  if (model === 'cut') {
    await say(response, 'This begins and ');
    await sleep(30);
    return void response.destroy();
  }
  if (model === 'ends-early') return void response.end();
  if (model === 'malformed') return void response.end('data: {"choices": [{"delta"\n\n');
  if (model === 'wrong-shape') return void response.end('data: {"choices": "none"}\n\n');
  if (model === 'endless') {
    await say(response, 'and so on '.repeat(5000), 5);
    return finish(response);
  }
  if (model === 'unhurried') {
    await say(response, COUNTING, 150);
    return finish(response);
  }
  if (model === 'thinks') {
    for (const part of ['<thi', 'nk>Delete', ' it?</th', 'ink>\n\nIt was ', '**Tuesday**.'])
      sendChunk(response, { content: part });
    return finish(response);
  }
  // The worst model there can be: it does whatever it reads, and calls what it was never offered.
  if (model === 'gullible') {
    const everything = messages.map(({ content }) => content ?? '').join('\n');
    if (!result && /delete[ _]all[ _]sessions/i.test(everything))
      return call(response, 'delete_all_sessions', '{}');
  }
  if (model === 'minutes') {
    const minutes = {
      title: 'Moving the launch',
      summary: 'The launch moves to May.',
      decisions: [
        { text: 'The launch moves to May', line: 0 },
        { text: 'invented', line: 77 },
      ],
      actionItems: [{ text: 'Send the new plan', owner: 'me', due: 'by Friday', line: 1 }],
    };
    await say(response, `<think>hm</think> Here it is: ${JSON.stringify(minutes)}`);
    return finish(response);
  }
  if (model === 'cook' && !result) return call(response, 'start_timer', '{"seconds":8,"label":"tea"}');
  if (model === 'eraser' && !result) return call(response, 'delete_notes', '{}');
  if (model === 'caller' && !result) return call(response, 'start_timer', '{"seconds":300,"label":"tea"}');
  if (model === 'bad-caller' && !result) return call(response, 'start_timer', '{"seconds":"soon"}');
  await say(
    response,
    result ? `Result: ${String(result.content)}` : 'The kettle boiled at noon. Anna asked for tea.',
  );
  finish(response);
}

const server = createServer((request, response) => {
  void (async () => {
    if (request.url === '/told') return json(response, 200, told);
    if (request.url === '/v1/models') {
      return json(response, 200, {
        data: [
          { id: 'fluent', owned_by: 'llamacpp', meta: { n_ctx: 8192 } },
          { id: 'thinks', owned_by: 'llamacpp' },
          { id: 'minutes', owned_by: 'llamacpp' },
        ],
      });
    }
    if (request.url !== '/v1/chat/completions') return json(response, 404, {});
    const entry = { body: JSON.parse(await readBody(request)) as Asked, closedEarly: false };
    told.push(entry);
    response.on('close', () => (entry.closedEarly = !response.writableFinished));
    await answer(entry.body, response);
  })().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`${address.port}\n`);
});
