import type { Shell } from "../options/shell_names.ts";
import bash from "./shells/seacp.bash" with { type: "text" };
import fish from "./shells/seacp.fish" with { type: "text" };
import powershell from "./shells/seacp.ps1" with { type: "text" };
import zsh from "./shells/_seacp" with { type: "text" };

/** What has each shell call the program for candidates. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash,
  zsh,
  fish,
  powershell,
};
