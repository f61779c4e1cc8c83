import { assertEquals } from "@std/assert";
import { portIn, servicePort } from "../../../lib/system/service_port.ts";

const TABLE = `# comment
ssh\t\t22/tcp\t\t# SSH Remote Login Protocol
domain 53/udp
domain 53/tcp nameserver dns
#hidden 99/tcp
broken tcp
`;

Deno.test("portIn(): gives the TCP port of a name or an alias", () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ["ssh", 22],
    ["domain", 53],
    ["dns", 53],
    ["SSH", undefined],
    ["hidden", undefined],
    ["Login", undefined],
    ["broken", undefined],
    ["", undefined],
  ];
  for (const [name, port] of rows) {
    assertEquals(portIn(TABLE, name), port, name);
  }
});

Deno.test("servicePort(): knows no service of a name that no table has", () => {
  assertEquals(servicePort("no such service"), undefined);
});
