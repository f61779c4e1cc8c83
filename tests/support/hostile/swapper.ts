/**
 * Swaps two names in a directory for two others as fast as it can, in a process of
 * its own, until it is killed: `d` is a directory or a link to the one outside, `f`
 * a file or a link to the secret there.
 */

const [root, outside] = Deno.args;
Deno.chdir(root!);
Deno.mkdirSync("real-d");
Deno.writeTextFileSync("real-f", "inside");
Deno.symlinkSync(outside!, "link-d");
Deno.symlinkSync(`${outside}/secret`, "link-f");
await Deno.stdout.write(new TextEncoder().encode("ready\n"));
for (;;) {
  for (const name of ["d", "f"]) {
    for (const kind of ["real", "link"]) {
      try {
        Deno.renameSync(`${kind}-${name}`, name);
        Deno.renameSync(name, `${kind}-${name}`);
      } catch {
        // The one under attack removed or renamed it: make it again.
        restore(name, kind);
      }
    }
  }
}

function restore(name: string, kind: string): void {
  const path = `${kind}-${name}`;
  try {
    if (kind === "link") {
      const target = name === "d" ? outside! : `${outside}/secret`;
      Deno.symlinkSync(target, path);
    } else if (name === "d") Deno.mkdirSync(path);
    else Deno.writeTextFileSync(path, "inside", { createNew: true });
  } catch {
    // It is there.
  }
}
