import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { RoundTrips } from "../../../lib/sftp/round_trips.ts";

Deno.test("RoundTrips: keeps the shortest time of an answer, timing one request at a time", () => {
  let time = 0;
  using _clock = stub(performance, "now", () => time);
  const trips = new RoundTrips();
  assertEquals(trips.shortest, undefined);
  trips.sent(1);
  time = 5;
  trips.sent(2);
  time = 6;
  trips.answered(2);
  assertEquals(trips.shortest, undefined);
  time = 30;
  trips.answered(1);
  assertEquals(trips.shortest, 30);
  trips.sent(3);
  time = 50;
  trips.answered(3);
  assertEquals(trips.shortest, 20);
  trips.sent(4);
  time = 90;
  trips.answered(4);
  assertEquals(trips.shortest, 20);
});
