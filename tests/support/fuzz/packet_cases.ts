import { assert, assertEquals } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Source } from "../../../lib/scp/source.ts";
import { HastyClock, PacketPeer } from "../channels/packet_peer.ts";
import { assertEnds, type FuzzCase } from "./fuzz_case.ts";
import type { Random } from "./random.ts";
import { CheckedObserver } from "./stream_check.ts";
import type { World } from "./world.ts";

const PATHS = ["", "/a", "/d", "/dangling", "/no"];

/** One record, perhaps behind warnings, or a body and its end. */
// deno-lint-ignore no-control-regex -- warnings begin so
const ONE_MESSAGE = /^(\x01[^\n]*\n)*([CDTE][^\n]*\n)?$|\0$/;

/** A source with a real tree, and sinks that take one message from each packet. */
export function packetCase(random: Random, world: World): FuzzCase {
  const options = {
    recursive: random.chance(75),
    preserve: random.chance(50),
    dotPaths: "content" as const,
    lockstep: random.chance(20),
  };
  const paths = Array.from(
    { length: 1 + random.below(4) },
    () => random.pick(PATHS),
  );
  const restarts = random.pick(["none", "plain", "ahead"]);
  // Some things are refused: whatever holds one of these letters.
  const refused = random.pick(["", "", "a", "d", "C"]);
  return {
    described: `packets of ${JSON.stringify(paths)}, ` +
      `${JSON.stringify(options)}, ${restarts}, refusing "${refused}"`,
    run: async () => {
      using _clock = new HastyClock();
      const peers = [packetSink(refused)];
      const source = new Source(
        peers[0]!,
        new LocalFileSystem(),
        options,
        new CheckedObserver(),
      );
      const beginAnew = async () => {
        peers.push(packetSink(refused));
        return { channel: peers.at(-1)! };
      };
      if (restarts === "plain") source.reconnectBy(beginAnew);
      if (restarts === "ahead") source.speculateBy(beginAnew);
      await assertEnds(async () => {
        await source.begin();
        for (const path of paths) await source.send(world.tree + path);
        await source.end();
      }, ProtocolError);
      assert(peers.length <= 3, `${peers.length} dialogues`);
      if (!options.lockstep) return;
      assertEquals(peers.length, 1);
      const { packets } = peers[0]!;
      assertEquals(packets.filter((text) => !ONE_MESSAGE.test(text)), []);
    },
  };
}

function packetSink(refused: string): PacketPeer {
  return new PacketPeer("\0", (packet) => {
    // deno-lint-ignore no-control-regex -- warnings begin so
    const message = packet.replace(/^(\x01[^\n]*\n)+/, "");
    if (message === "") return "";
    const isRefused = refused !== "" && /^[CD]/.test(message) &&
      message.includes(refused);
    return isRefused ? "\x01no\n" : "\0";
  });
}
