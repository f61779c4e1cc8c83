import { assertEquals } from "@std/assert";
import { parsePort } from "../../../lib/location/location.ts";
import { locationRules } from "../../support/fixtures/location_rules.ts";

Deno.test("parsePort(): reads 1 to 65535 or a service's name, nothing else", () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ["1", 1],
    ["22", 22],
    ["0022", 22],
    ["65535", 65535],
    ["ssh", 22],
    ["http", 80],
    ["0", undefined],
    ["65536", undefined],
    ["4294967318", undefined],
    ["99999999999999999999", undefined],
    ["-1", undefined],
    ["+22", undefined],
    ["22.0", undefined],
    ["22x", undefined],
    ["0x16", undefined],
    ["1e3", undefined],
    ["２２", undefined],
    ["", undefined],
    ["nosuch", undefined],
  ];
  for (const [text, expected] of rows) {
    assertEquals(parsePort(text, locationRules()), expected, text);
  }
});

Deno.test("parsePort(): asks for no service by a number", () => {
  const servicePort = (name: string): number => {
    throw new Error(`Asked for the service: ${name}`);
  };
  assertEquals(parsePort("22", { servicePort }), 22);
  assertEquals(parsePort("70000", { servicePort }), undefined);
});
