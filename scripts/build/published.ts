import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { dist, root } from "./root.ts";

/** Configuration of the project, as far as a build reads it. */
export interface BuildConfig {
  readonly imports: Readonly<Record<string, string>>;
  readonly links?: readonly string[];
  readonly lock: { readonly path: string; readonly frozen: boolean };
}

/**
 * Returns a configuration with the published packages in place of the stand-ins.
 * Its lock file may grow: JSR's packages are not in that of the checkout.
 */
export function withPublished(
  { links: _, ...config }: BuildConfig,
): BuildConfig {
  return { ...config, lock: { ...config.lock, frozen: false } };
}

/**
 * Writes the project's configuration with the published packages to `dist`, and a
 * copy of the lock file beside it, so that npm's packages are the same.
 *
 * @returns The path of the configuration.
 */
export function writePublishedConfig(): string {
  const directory = new URL("published/", dist);
  const path = new URL("deno.json", directory);
  Deno.mkdirSync(directory, { recursive: true });
  Deno.writeTextFileSync(path, JSON.stringify(withPublished(config)));
  const { lock } = config;
  Deno.copyFileSync(new URL(lock.path, root), new URL(lock.path, directory));
  return fileURLToPath(path);
}
