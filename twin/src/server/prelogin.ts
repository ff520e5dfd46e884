/** PRELOGIN: what the client wants and what it gets, encryption above all. [MS-TDS] 2.2.6.5. */
import { ByteReader } from "./byte-reader";
import { ProtocolError } from "./protocol";

const Option = { version: 0, encryption: 1, instance: 2, threadId: 3, mars: 4, traceId: 5, terminator: 0xff } as const;
const Encrypt = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

/** none: nothing is encrypted; login: only the LOGIN7 message; all: everything after the handshake. */
export type Encryption = "none" | "login" | "all";

interface Prelogin {
  readonly encryption: Encryption;
  readonly wantsMars: boolean;
}

export function readPrelogin(payload: Buffer): Prelogin {
  const reader = new ByteReader(payload);
  let encryption: number = Encrypt.notSupported;
  let wantsMars = false;
  for (let token = reader.u8(); token !== Option.terminator; token = reader.u8()) {
    const offset = reader.take(2).readUInt16BE(0);
    const length = reader.take(2).readUInt16BE(0);
    if (offset + length > payload.length) throw new ProtocolError(`prelogin option ${token} lies outside its message`);
    if (token === Option.encryption && length >= 1) encryption = payload[offset]!;
    if (token === Option.mars && length >= 1) wantsMars = payload[offset] === 1;
  }
  // The high bit asks for a client certificate, which no client of the twin has.
  const wish = encryption & 0x7f;
  if (wish > Encrypt.required) throw new ProtocolError(`prelogin encryption ${encryption} does not exist`);
  return { encryption: wish === Encrypt.notSupported ? "none" : wish === Encrypt.off ? "login" : "all", wantsMars };
}

/** Multiple active result sets are refused: the answer to MARS is always 0. */
export function preloginAnswer(
  encryption: Encryption,
  version: { major: number; minor: number; build: number },
): Buffer {
  const build = Buffer.from([version.major, version.minor, version.build >> 8, version.build & 0xff, 0, 0]);
  const encrypt = { none: Encrypt.notSupported, login: Encrypt.off, all: Encrypt.on }[encryption];
  const options: [number, Buffer][] = [
    [Option.version, build],
    [Option.encryption, Buffer.from([encrypt])],
    [Option.instance, Buffer.from([0])],
    [Option.threadId, Buffer.alloc(0)],
    [Option.mars, Buffer.from([0])],
  ];
  let offset = options.length * 5 + 1;
  const head: number[] = [];
  for (const [token, data] of options) {
    head.push(token, offset >> 8, offset & 0xff, data.length >> 8, data.length & 0xff);
    offset += data.length;
  }
  return Buffer.concat([Buffer.from([...head, Option.terminator]), ...options.map(([, data]) => data)]);
}
