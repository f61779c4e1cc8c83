import { assertEquals } from "@std/assert";
import { hostsOfUser } from "../../../lib/completion/host_files.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("hostsOfUser(): reads a configuration, its includes and the known hosts, sorted", () => {
  using home = new TempDirectory();
  makeTree(home.path, [
    { path: ".ssh/" },
    { path: ".ssh/known_hosts", content: "known ssh-ed25519 AAAA\n" },
    { path: ".ssh/known_hosts2", content: "old,near ssh-ed25519 AAAA\n" },
    { path: ".ssh/more/" },
    { path: ".ssh/more/b.conf", content: "Host b\n" },
    { path: ".ssh/more/a.conf", content: "Host a\n" },
    { path: ".ssh/more/.hidden.conf", content: "Host hidden\n" },
    { path: "other", content: "Host other\n" },
    {
      path: "config",
      content: "Include more/*.conf ~/other none\nHost near *.x\n",
    },
  ]);
  const expected = ["a", "b", "known", "near", "old", "other"];
  assertEquals(hostsOfUser(home.path, `${home.path}/config`), expected);
  assertEquals(hostsOfUser(home.path, "~/config"), expected);
});

Deno.test("hostsOfUser(): reads no configuration for none, nor one that is a directory", () => {
  using home = new TempDirectory();
  makeTree(home.path, [
    { path: ".ssh/" },
    { path: ".ssh/config", content: "Host near\n" },
  ]);
  assertEquals(hostsOfUser(home.path, "none"), []);
  assertEquals(hostsOfUser(home.path, home.path), []);
});
