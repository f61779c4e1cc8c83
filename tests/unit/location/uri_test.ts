import { assertEquals } from "@std/assert";
import type { RemoteLocation } from "../../../lib/location/location.ts";
import { parseUri } from "../../../lib/location/uri.ts";
import { locationRules } from "../../support/fixtures/location_rules.ts";

type Row = readonly [uri: string, expected: Omit<RemoteLocation, "kind">];

function assertRows(rows: readonly Row[]): void {
  for (const [uri, expected] of rows) {
    assertEquals(
      parseUri(uri, locationRules()),
      { kind: "remote", ...expected },
      uri,
    );
  }
}

function assertRefused(uris: readonly string[]): void {
  for (const uri of uris) {
    assertEquals(parseUri(uri, locationRules()), undefined, uri);
  }
}

Deno.test("parseUri(): reads the path as relative to the home directory", () => {
  assertRows([
    ["scp://h", { host: "h", path: "." }],
    ["scp://h/", { host: "h", path: "." }],
    ["scp://h/x", { host: "h", path: "x" }],
    ["scp://h/d/x", { host: "h", path: "d/x" }],
    ["scp://h/d/", { host: "h", path: "d/" }],
    ["scp://h//etc/motd", { host: "h", path: "/etc/motd" }],
    ["scp://h/a:b", { host: "h", path: "a:b" }],
    ["scp://h/a@b", { host: "h", path: "a@b" }],
    ["scp://h/a\nb", { host: "h", path: "a\nb" }],
  ]);
});

Deno.test("parseUri(): reads the user up to the first @, without parameters", () => {
  assertRows([
    ["scp://bob@h/x", { user: "bob", host: "h", path: "x" }],
    ["scp://bob;a=b@h/x", { user: "bob", host: "h", path: "x" }],
    ["scp://bob;a=b;c@h", { user: "bob", host: "h", path: "." }],
    ["scp://b%6Fb@h/x", { user: "bob", host: "h", path: "x" }],
    ["scp://a%40b@h/x", { user: "a@b", host: "h", path: "x" }],
    ["scp://a+b@h/x", { user: "a b", host: "h", path: "x" }],
  ]);
  assertRefused(["scp://@h/x", "scp://;p@h/x", "scp://u@v@h/x"]);
});

Deno.test("parseUri(): reads a port by number or by its service's name", () => {
  assertRows([
    ["scp://h:1/x", { host: "h", port: 1, path: "x" }],
    ["scp://h:65535/x", { host: "h", port: 65535, path: "x" }],
    ["scp://h:2222", { host: "h", port: 2222, path: "." }],
    ["scp://h:ssh/x", { host: "h", port: 22, path: "x" }],
    ["scp://u@h:022//x", { user: "u", host: "h", port: 22, path: "/x" }],
  ]);
  assertRefused([
    "scp://h:/x",
    "scp://h:0/x",
    "scp://h:65536/x",
    "scp://h:99999/x",
    "scp://h:-1/x",
    "scp://h:nosuch/x",
    "scp://h:22:22/x",
    "scp://h:%32%32/x",
  ]);
});

Deno.test("parseUri(): decodes the path's bytes and takes + for a blank", () => {
  assertRows([
    ["scp://h/a%20b+c", { host: "h", path: "a b c" }],
    ["scp://h/%2B%2b", { host: "h", path: "++" }],
    ["scp://h/%C3%A9", { host: "h", path: "é" }],
    ["scp://h/%E9", { host: "h", path: "\udce9" }],
    ["scp://h/%C3%A9%FF!", { host: "h", path: "é\udcff!" }],
    ["scp://h/%2541", { host: "h", path: "%41" }],
    ["scp://h/a%0Ab", { host: "h", path: "a\nb" }],
    ["scp://h/%2Fx", { host: "h", path: "/x" }],
  ]);
});

Deno.test("parseUri(): refuses NUL bytes and bad digits wherever they stand", () => {
  assertRefused([
    "scp://h/%00",
    "scp://h/a%00b",
    "scp://h/%",
    "scp://h/%2",
    "scp://h/%zz",
    "scp://h/%0g",
    "scp://u%00@h/x",
    "scp://u%2@h/x",
  ]);
});

Deno.test("parseUri(): accepts a domain name, its last dot taken off", () => {
  assertRows([
    ["scp://host.example.org/x", { host: "host.example.org", path: "x" }],
    ["scp://host.example.org./x", { host: "host.example.org", path: "x" }],
    ["scp://_h-1.a_b/x", { host: "_h-1.a_b", path: "x" }],
    ["scp://192.0.2.1/x", { host: "192.0.2.1", path: "x" }],
  ]);
});

Deno.test("parseUri(): accepts an address in brackets", () => {
  assertRows([
    ["scp://[::1]/x", { host: "::1", path: "x" }],
    ["scp://u@[::1]:22//x", { user: "u", host: "::1", port: 22, path: "/x" }],
    ["scp://[::ffff:192.0.2.1]", { host: "::ffff:192.0.2.1", path: "." }],
    ["scp://[fe80::1%eth0]/x", { host: "fe80::1%eth0", path: "x" }],
    ["scp://[fe80::1%25eth0]/x", { host: "fe80::1%eth0", path: "x" }],
  ]);
});

Deno.test("parseUri(): refuses a host that is neither name nor address", () => {
  assertRefused([
    "scp://",
    "scp:///x",
    "scp://u@/x",
    "scp://u@",
    "scp://:22/x",
    "scp://./x",
    "scp://.h/x",
    "scp://-oProxyCommand=id/x",
    "scp://u@-h/x",
    "scp://h..h/x",
    "scp://h h/x",
    "scp://h\n/x",
    "scp://h%41/x",
    "scp://h$(id)/x",
    "scp://h`id`/x",
    "scp://h;id/x",
    "scp://hé/x",
    "scp://::1/x",
    "scp://[::1/x",
    "scp://[]/x",
    "scp://[x]/y",
    "scp://[::1]y/x",
    "scp://[-oX]/x",
    "scp://[fe80::1%$(id)]/x",
  ]);
});

Deno.test("parseUri(): refuses two dots at the end of a host too", () => {
  assertRefused(["scp://h../x", "scp://h...", "scp://../x"]);
});
