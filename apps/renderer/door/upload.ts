import { EarshotError, errorCodeSchema } from '#protocol';
import { z } from 'zod';

const refusalSchema = z.object({ code: errorCodeSchema, message: z.string(), retryable: z.boolean() });

/** Sends a recording to the host, which reads it as a session of its own and tells of its progress by pushes. */
export async function uploadRecording(file: File, token: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`import?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { 'X-Earshot-Token': token },
    body: file,
    signal,
  });
  if (response.ok) return;
  const body: unknown = await response.json().catch(() => undefined);
  const direct = refusalSchema.safeParse(body);
  const wrapped = z.object({ error: refusalSchema }).safeParse(body);
  const refusal = direct.success ? direct.data : wrapped.data?.error;
  throw new EarshotError(
    refusal?.code ?? 'bad-input',
    refusal?.message ?? `${response.status} ${response.statusText}`,
  );
}
