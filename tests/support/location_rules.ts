import type { LocationRules } from "../../lib/location/location.ts";
import type { Platform } from "../../lib/names/names.ts";

/** The rules of a platform whose services are `ssh` and `http` alone. */
export function locationRules(platform: Platform = "posix"): LocationRules {
  const ports = new Map([["ssh", 22], ["http", 80]]);
  return { platform, servicePort: (name) => ports.get(name) };
}
