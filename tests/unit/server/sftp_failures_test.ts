import { assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import {
  failureResponse,
  RequestRefusal,
} from "../../../lib/server/sftp_failures.ts";
import { LibcError } from "../../../lib/system/libc.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";

testUnless(
  lacksLinuxLibrary,
  "failureResponse() gives OpenSSH's code for the system's number, without a path",
  () => {
    const rows: readonly (readonly [number, number])[] = [
      ...[[1, 3], [2, 2], [13, 3], [20, 2], [22, 5], [36, 5]] as const,
      ...[[38, 8], [40, 2], [95, 8]] as const,
    ];
    for (const [number, code] of rows) {
      const cause = new LibcError(number);
      assertEquals(
        failureResponse(new EntryError("/secret: no", { cause })),
        { kind: "status", code },
      );
    }
  },
);

testUnless(
  lacksLinuxLibrary,
  "failureResponse() gives the system's reason where no code tells it",
  () => {
    const cause = new LibcError(28);
    assertEquals(
      failureResponse(new EntryError("/secret: no", { cause })),
      { kind: "status", code: 4, message: "No space left on device" },
    );
  },
);

Deno.test("failureResponse() gives a disk's own sentence, and none of the runtime's", () => {
  const rows: readonly (readonly [unknown, object])[] = [
    [new Error("that is outside"), { code: 3, message: "that is outside" }],
    [new Deno.errors.NotFound("open '/secret'"), { code: 4 }],
    [undefined, { code: 4 }],
  ];
  for (const [cause, expected] of rows) {
    assertEquals(
      failureResponse(new EntryError("/secret: no", { cause })),
      { kind: "status", ...expected } as ReturnType<typeof failureResponse>,
    );
  }
});

Deno.test("failureResponse() gives a refusal's own code and sentence", () => {
  assertEquals(failureResponse(new RequestRefusal(4, "too many")), {
    ...{ kind: "status", code: 4, message: "too many" },
  });
  assertEquals(failureResponse(new RequestRefusal(1)), {
    ...{ kind: "status", code: 1 },
  });
});
