import type { Channel } from "../../../lib/channel/channel.ts";
import { ScriptedPeer } from "./scripted_peer.ts";

/** Gives a channel whose peer says some words, byte by byte, and then stalls. */
export function stalledAfter(words: string): Channel {
  let left = words.length;
  class StalledPeer extends ScriptedPeer {
    override async read(limit: number): Promise<Uint8Array> {
      if (left-- > 0) return await super.read(limit);
      return await new Promise<never>(() => {});
    }
  }
  return new StalledPeer(1).peerSays(words);
}
