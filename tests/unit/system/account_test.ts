import { assertEquals } from "@std/assert";
import { accountOf, ownAccount } from "../../../lib/system/account.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";

testUnless(
  lacksLinuxLibrary,
  "ownAccount() gives the account by the system's table, not by the environment",
  () => {
    const { stdout } = new Deno.Command("sh", {
      args: ["-c", "id -u; id -un; getent passwd $(id -u) | cut -d: -f6"],
    }).outputSync();
    const [id, name, home] = new TextDecoder().decode(stdout).split("\n");
    const old = Deno.env.get("HOME");
    Deno.env.set("HOME", "/nowhere");
    try {
      assertEquals(ownAccount(), { id: Number(id), name, home });
    } finally {
      if (old === undefined) Deno.env.delete("HOME");
      else Deno.env.set("HOME", old);
    }
  },
);

testUnless(
  lacksLinuxLibrary,
  "accountOf() gives the account of a name, and none that the name is cut to",
  () => {
    const own = ownAccount()!;
    assertEquals(accountOf(own.name), own);
    assertEquals(accountOf("root")?.id, 0);
    for (const name of ["", "no-such-user", `${own.name}\0x`, "\udcff"]) {
      assertEquals(accountOf(name), undefined);
    }
  },
);
