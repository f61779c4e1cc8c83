import type { LocationRules } from "./location.ts";

/** Reads 1 to 65535 or the name of a TCP service; `undefined` for the rest. */
export function parsePort(
  text: string,
  { servicePort }: Pick<LocationRules, "servicePort">,
): number | undefined {
  if (!/^\d+$/.test(text)) return servicePort(text);
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}
