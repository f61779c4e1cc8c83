import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import {
  holdsLengthless,
  isInside,
  isLengthless,
  mayLieInside,
} from "../../../lib/routes/copy_facts.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { linkTest } from "../../support/platform.ts";

Deno.test("isLengthless(): knows paths below /proc and /sys", () => {
  for (const path of ["/proc", "/proc/cpuinfo", "//sys/", "/sys/kernel/x"]) {
    assertEquals(isLengthless(path), true, path);
  }
  for (const path of ["", "proc", "/process", "/system/x", "/srv/proc/x"]) {
    assertEquals(isLengthless(path), false, path);
  }
});

Deno.test("holdsLengthless(): knows what has the link /etc/mtab", () => {
  for (
    const path of [
      "/proc/x",
      "/",
      "//",
      "/etc",
      "/etc/",
      "/etc/.",
      "/etc//./",
      "/etc/mtab",
      "/etc/*",
      "/etc/m?ab",
    ]
  ) {
    assertEquals(holdsLengthless(path), true, path);
  }
  for (
    const path of [
      "",
      ".",
      "etc",
      "/home",
      "/etc/hosts",
      "/etc/ssh",
      "/etc/ssh/*",
      "/etcetera",
      "/srv/etc/mtab",
    ]
  ) {
    assertEquals(holdsLengthless(path), false, path);
  }
});

Deno.test("isInside(): compares whole components", () => {
  for (
    const [path, outer] of [["a", "a"], ["a/b", "a"], ["a/b", "a/"], [
      "/",
      "/",
    ], ["/a", "/"]]
  ) assertEquals(isInside(path!, outer!), true, `${path} in ${outer}`);
  for (const [path, outer] of [["ab", "a"], ["a", "a/b"], ["b/a", "a"]]) {
    assertEquals(isInside(path!, outer!), false, `${path} in ${outer}`);
  }
});

/** Directory with `d/e/` and the file `f`. */
function tree(): TempDirectory {
  const directory = new TempDirectory();
  makeTree(directory.path, [{ path: "d/e/" }, { path: "f", content: "f" }]);
  return directory;
}

Deno.test("mayLieInside(): finds a target in a directory, or to be made there", async () => {
  using directory = tree();
  const { path } = directory;
  const files = new LocalFileSystem();
  for (const target of ["d", "d/e", "d/e/", "d/new", "d/new/", "d/e/new"]) {
    assertEquals(
      await mayLieInside(files, `${path}/${target}`, `${path}/d`),
      true,
      target,
    );
  }
  for (const target of ["", "new", "f"]) {
    assertEquals(
      await mayLieInside(files, `${path}/${target}`, `${path}/d`),
      false,
      target,
    );
  }
});

Deno.test("mayLieInside(): finds nothing for a source that is relative, missing or no directory", async () => {
  using directory = tree();
  const { path } = directory;
  const files = new LocalFileSystem();
  for (const source of ["d", "~", `${path}/none`, `${path}/f`, `${path}/f/x`]) {
    assertEquals(
      await mayLieInside(files, `${path}/d`, source),
      false,
      source,
    );
  }
});

linkTest("mayLieInside(): finds a target behind a link", async () => {
  using directory = tree();
  const { path } = directory;
  Deno.symlinkSync("d/e", `${path}/link`);
  assertEquals(
    await mayLieInside(new LocalFileSystem(), `${path}/link/new`, `${path}/d`),
    true,
  );
});
