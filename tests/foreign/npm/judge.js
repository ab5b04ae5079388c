// A judge of the book's formats: it reads questions of `tinkuy book conformance` and answers them with @sigstore/verify
// (checkpoints, inclusion) and canonicalize (RFC 8785), which know nothing of one another nor of us.
//
// Consistency and tiles are passed over: @sigstore/verify does not do them. Of entries only the form is judged.
import { createPublicKey } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

import canonicalize from "canonicalize";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");
const { verifyTLogInclusion } = require("@sigstore/verify/dist/tlog/index.js");

const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");

const bytes = (text) => Buffer.from(text, "base64");

/** A key as @sigstore/verify has it: a log with an address, which is the key's name, and an id. */
function authority(vkey) {
  const [, name, id, encoded] = /^([^+]+)\+([^+]+)\+(.+)$/.exec(vkey);
  const key = Buffer.concat([SPKI_ED25519, bytes(encoded).subarray(1)]);
  const publicKey = createPublicKey({ key, format: "der", type: "spki" });
  return { baseURL: name, logID: Buffer.from(id, "hex"), publicKey };
}

/** An entry of a log as @sigstore/verify has it. */
function logged({ note, entry, index, hashes }) {
  const envelope = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(note);
  return { canonicalizedBody: entry, inclusionProof: { logIndex: index, hashes, checkpoint: { envelope } } };
}

function expectOrigin(checkpoint, origin) {
  if (checkpoint.origin !== origin) throw new Error("of another origin");
}

/** One call a key: with several, @sigstore/verify is content with one signature. */
function judgeCheckpoint({ note, origin, keys }) {
  for (const key of keys) expectOrigin(verifyCheckpoint(logged({ note: bytes(note) }), [authority(key)]), origin);
}

function judgeInclusion({ entry, index, size, root, hashes }) {
  const claimed = { canonicalizedBody: bytes(entry), inclusionProof: { logIndex: index, hashes: hashes.map(bytes) } };
  verifyMerkleInclusion(claimed, { logSize: BigInt(size), logHash: bytes(root) });
}

/** Reads the lines of a C2SP tlog-proof before the checkpoint, and has the rest judged. */
function judgeProof({ proof, entry, origin, keys }) {
  const data = bytes(proof);
  const blank = data.indexOf("\n\n");
  const lines = data.subarray(0, blank).toString("latin1").split("\n");
  if (blank < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Error("not a proof");
  if (lines[0]?.startsWith("extra ")) strict(lines.shift().slice("extra ".length));
  const index = /^index (0|[1-9][0-9]*)$/.exec(lines.shift() ?? "");
  if (!index) throw new Error("no index");
  const hashes = lines.map(strict);
  const claimed = logged({ note: data.subarray(blank + 2), entry: bytes(entry), index: index[1], hashes });
  for (const key of keys) {
    verifyTLogInclusion(claimed, [authority(key)]);
    expectOrigin(verifyCheckpoint(claimed, [authority(key)]), origin);
  }
}

function strict(text) {
  const data = bytes(text);
  if (data.toString("base64") !== text) throw new Error("not base64");
  return data;
}

function judgeEntry({ entry }) {
  const data = bytes(entry);
  const value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data));
  if (!Buffer.from(canonicalize(value), "utf-8").equals(data)) throw new Error("not canonical");
}

const judges = { checkpoint: judgeCheckpoint, inclusion: judgeInclusion, proof: judgeProof, entry: judgeEntry };

for await (const line of createInterface({ input: process.stdin })) {
  const { id, check, given } = JSON.parse(line);
  let answer = { id, accept: null, reason: "not judged" };
  if (check in judges) {
    try {
      judges[check](given);
      answer = { id, accept: true };
    } catch (refused) {
      answer = { id, accept: false, reason: `${refused.name}: ${refused.message}` };
    }
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
