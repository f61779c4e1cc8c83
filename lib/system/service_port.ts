import { onWindows } from "./own_platform.ts";

/**
 * Gives the port of a TCP service by the system's table, where ssh itself looks
 * names up; `undefined` if it is not there.
 */
export function servicePort(name: string): number | undefined {
  return portIn(readTable(), name);
}

/** Gives the port of a TCP service by a table as services(5) describes it. */
export function portIn(table: string, name: string): number | undefined {
  for (const line of table.split("\n")) {
    const [service, port, ...aliases] = line.replace(/#.*/, "").trim()
      .split(/\s+/);
    const number = /^(\d+)\/tcp$/.exec(port ?? "")?.[1];
    if (number && (service === name || aliases.includes(name))) {
      return Number(number);
    }
  }
  return undefined;
}

function readTable(): string {
  const root = Deno.env.get("SystemRoot") ?? "C:\\Windows";
  const path = onWindows
    ? `${root}\\System32\\drivers\\etc\\services`
    : "/etc/services";
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
