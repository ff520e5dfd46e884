/** LOGIN7: who the client is. [MS-TDS] 2.2.6.4. */
import type { LoginRequest } from "../session/port";
import { notImplemented, SqlError } from "../session/sql-error";
import { ByteReader } from "./byte-reader";
import { ProtocolError, TdsVersion } from "./protocol";

const Feature = { sessionRecovery: 0x01, federatedAuthentication: 0x02, utf8: 0x0a, terminator: 0xff } as const;
const IntegratedSecurity = 0x80;
const ChangePassword = 0x01;
const Extension = 0x10;
const ReadOnlyIntent = 0x20;
const FIXED_BYTES = 94;

export interface Login7 {
  readonly tdsVersion: number;
  readonly packetSize: number;
  /** The client understands UTF-8 collations and wants to be told that we do. */
  readonly utf8: boolean;
  readonly request: LoginRequest;
}

/** Throws SqlError when the client asks for a way to log in that the twin refuses. */
export function readLogin7(payload: Buffer): Login7 {
  const reader = new ByteReader(payload);
  if (reader.u32() !== payload.length || payload.length < FIXED_BYTES)
    throw new ProtocolError("LOGIN7 has another length than it says");
  const tdsVersion = reader.u32();
  const packetSize = reader.u32();
  reader.take(12);
  reader.u8();
  const flags2 = reader.u8();
  const typeFlags = reader.u8();
  const flags3 = reader.u8();
  reader.take(8);
  const field = (): Buffer => part(payload, reader.u16(), reader.u16() * 2);
  const hostName = text(field());
  const user = text(field());
  const password = field();
  const applicationName = text(field());
  field();
  const extension = { offset: reader.u16(), length: reader.u16() };
  field();
  const language = text(field());
  const database = text(field());
  if (!Object.values<number>(TdsVersion).includes(tdsVersion))
    throw notImplemented(`TDS version 0x${tdsVersion.toString(16)}; the twin speaks 7.3 and 7.4`);
  if ((flags2 & IntegratedSecurity) !== 0)
    throw new SqlError(
      18452,
      14,
      1,
      "Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.",
    );
  if ((flags3 & ChangePassword) !== 0) throw notImplemented("changing a password while logging in");
  const features = (flags3 & Extension) !== 0 ? readFeatures(payload, extension) : new Set<number>();
  if (features.has(Feature.federatedAuthentication))
    throw new SqlError(18456, 14, 1, "Login failed for user '<token-identified principal>'.");
  return {
    tdsVersion,
    packetSize,
    utf8: features.has(Feature.utf8),
    request: {
      user,
      password: revealed(password),
      ...(database ? { database } : {}),
      hostName,
      applicationName,
      ...(language ? { language } : {}),
      readOnlyIntent: (typeFlags & ReadOnlyIntent) !== 0,
    },
  };
}

function part(payload: Buffer, offset: number, bytes: number): Buffer {
  if (bytes > 0 && (offset < FIXED_BYTES || offset + bytes > payload.length))
    throw new ProtocolError("a LOGIN7 field lies outside its message");
  return payload.subarray(offset, offset + bytes);
}

const text = (bytes: Buffer): string => bytes.toString("utf16le");

/** The wire form only hides the password from a casual look: nibbles swapped, then XOR 0xA5. */
function revealed(bytes: Buffer): string {
  const plain = Buffer.from(
    bytes.map((byte) => {
      const turned = byte ^ 0xa5;
      return ((turned << 4) | (turned >> 4)) & 0xff;
    }),
  );
  return text(plain);
}

/** The extension field holds the offset of the feature list, not the list. */
function readFeatures(payload: Buffer, extension: { offset: number; length: number }): Set<number> {
  if (extension.length < 4) throw new ProtocolError("LOGIN7 announces feature extensions and has none");
  const at = part(payload, extension.offset, 4).readUInt32LE(0);
  if (at > payload.length) throw new ProtocolError("the LOGIN7 feature list lies outside its message");
  const reader = new ByteReader(payload.subarray(at));
  const found = new Set<number>();
  for (let id = reader.u8(); id !== Feature.terminator; id = reader.u8()) {
    reader.take(reader.u32());
    found.add(id);
  }
  return found;
}

/** FEATUREEXTACK entry: the server supports UTF-8. */
export const UTF8_FEATURE = Feature.utf8;
