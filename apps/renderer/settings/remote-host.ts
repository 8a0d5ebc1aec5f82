import type { Settings } from '#protocol';

/** The host outside this machine to which the person lets what is heard go; undefined when nothing leaves. */
export function remoteHostOf({ address, confirmedOrigin }: Settings['llm']): string | undefined {
  if (address === undefined || confirmedOrigin === undefined) return undefined;
  if (!URL.canParse(address)) return undefined;
  const { origin, host } = new URL(address);
  return origin === confirmedOrigin ? host : undefined;
}
