import { assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { RemoteLocation } from "../../../lib/location/location.ts";
import { checkLogin, checkSourceUser } from "../../../lib/location/login.ts";

function remote(host: string, user?: string): RemoteLocation {
  return {
    kind: "remote",
    host,
    path: ".",
    ...(user === undefined ? {} : { user }),
  };
}

const controls = Array.from(
  { length: 0x20 },
  (_, code) => String.fromCharCode(code),
).concat("\x7f");

Deno.test("checkLogin(): accepts ordinary hosts and users", () => {
  for (const host of ["h", "h.example.org", "a_b-c", "::1", "fe80::1%eth0"]) {
    checkLogin(remote(host));
  }
  for (
    const user of [
      "bob",
      "bob.smith",
      "bob-smith",
      "bob@example.org",
      "EXAMPLE\\bob",
      "Bob Smith",
      "bjørn",
      "bob#1",
      "$bob",
      "bob+tag",
    ]
  ) {
    checkLogin(remote("h", user));
  }
});

Deno.test("checkLogin(): refuses hosts ssh takes for options or a shell for more", () => {
  const hosts = [
    "-oProxyCommand=id",
    "-",
    ...[...`'\`"$\\;&<>|(){}, `, ...controls].map((char) => `h${char}h`),
    "$(id)",
    "h\u00a0h",
  ];
  for (const host of hosts) {
    const error = assertThrows(() => checkLogin(remote(host)), EntryError);
    assertEquals(error.message, `${host}: invalid host name`);
  }
});

Deno.test("checkLogin(): refuses users ssh takes for options or a shell for more", () => {
  const users = [
    "-oProxyCommand=id",
    "-",
    ...[..."'`\";&<>|(){}", ...controls].map((char) => `u${char}u`),
    "u -v",
    "u\\",
    "$(id)",
  ];
  for (const user of users) {
    const error = assertThrows(() => checkLogin(remote("h", user)), EntryError);
    assertEquals(error.message, `${user}: invalid user name`);
  }
});

Deno.test("checkSourceUser(): refuses quotes, blanks, # and characters beyond ASCII", () => {
  for (
    const user of ["a'b", 'a"b', "a`b", "a b", "a#b", "bjørn", "\udcff", "漢"]
  ) {
    const error = assertThrows(
      () => checkSourceUser(remote("h", user)),
      EntryError,
    );
    assertEquals(error.message, `${user}: invalid user name`);
  }
});

Deno.test("checkSourceUser(): accepts others, and no user at all", () => {
  checkSourceUser(remote("h"));
  for (const user of ["bob", "u@v", "u;x", "EXAMPLE\\bob", "$bob"]) {
    checkSourceUser(remote("h", user));
  }
});
