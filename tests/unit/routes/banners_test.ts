import { assert, assertEquals, assertRejects } from "@std/assert";
import { SessionError, UnexpectedOutputError } from "../../../lib/errors.ts";
import { Banners } from "../../../lib/routes/banners.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { FAR, OTHER } from "./session_stage.ts";

const FAILURE = new UnexpectedOutputError('the remote said "Welcome"');

const WARNING = (banner: string, program: string): string =>
  `far: the shell said "${banner}" before ${program} began. The copy works ` +
  "without it. To keep the shell quiet, put this at the top of its profile, " +
  "as ~/.bashrc: case $- in *i*) ;; *) return ;; esac";

Deno.test("Banners: gives a marker of its own for each login that has a banner", () => {
  const banners = new Banners(new RecordingObserver());
  assertEquals(banners.markerFor(FAR), undefined);
  banners.expect(FAR, FAILURE, 0);
  const markers = [banners.markerFor(FAR)!, banners.markerFor(FAR)!];
  for (const marker of markers) {
    assert(/^seacp-[0-9a-f-]{36}$/.test(marker), marker);
  }
  assert(markers[0] !== markers[1]);
  assertEquals(banners.markerFor(OTHER), undefined);
  assertEquals(banners.markerFor({ ...FAR, user: "bob" }), undefined);
});

Deno.test("Banners: skips a banner up to the marker, and reports it once", async () => {
  const observer = new RecordingObserver();
  const banners = new Banners(observer);
  banners.expect(FAR, FAILURE, 0);
  for (let login = 0; login < 2; login++) {
    const peer = new ScriptedPeer().peerSays("Welcome to far\nM\n\0");
    await banners.skip(FAR, peer, "M");
    assertEquals(await peer.read(9), Uint8Array.of(0));
  }
  assertEquals(observer.warnings, [WARNING("Welcome to far\n", "scp")]);
});

Deno.test("Banners: reports nothing where no banner comes", async () => {
  const observer = new RecordingObserver();
  const banners = new Banners(observer);
  banners.expect(FAR, FAILURE, 0);
  await banners.skip(FAR, new ScriptedPeer().peerSays("M\n"), "M");
  assertEquals(observer.warnings, []);
});

Deno.test("Banners: throws the first failure where no marker comes, and expects no banner then", async () => {
  const observer = new RecordingObserver();
  const banners = new Banners(observer);
  banners.expect(FAR, FAILURE, 0);
  const peer = new ScriptedPeer().peerSays("Welcome\n").peerEnds();
  const error = await assertRejects(
    () => banners.skip(FAR, peer, "M"),
    UnexpectedOutputError,
  );
  assertEquals(error, FAILURE);
  assertEquals(banners.markerFor(FAR), undefined);
  assertEquals(observer.warnings, []);
});

Deno.test("Banners: throws a lost connection as it is", async () => {
  class Lost extends ScriptedPeer {
    override read(): Promise<never> {
      return Promise.reject(new SessionError("lost connection"));
    }
  }
  const banners = new Banners(new RecordingObserver());
  banners.expect(FAR, FAILURE, 0);
  await assertRejects(
    () => banners.skip(FAR, new Lost(), "M"),
    SessionError,
    "lost connection",
  );
});

Deno.test("Banners: reports one warning for each login", () => {
  const observer = new RecordingObserver();
  const banners = new Banners(observer);
  banners.report(FAR, "a", "SFTP");
  banners.report(FAR, "b");
  banners.report({ ...FAR, path: "y" }, "c");
  banners.report(OTHER, "d");
  assertEquals(observer.warnings[0], WARNING("a", "SFTP"));
  assertEquals(observer.warnings.length, 2);
});
