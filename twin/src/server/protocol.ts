/** Numbers of the wire format. [MS-TDS] sections 2.2.3 (packets), 2.2.7 (tokens), 2.2.5.4 (types). */

export const PacketType = {
  batch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  transaction: 0x0e,
  login7: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

export const PacketStatus = { endOfMessage: 0x01, ignore: 0x02, reset: 0x08, resetKeepTransaction: 0x10 } as const;

export const HEADER_BYTES = 8;
/** Before the login no packet may be larger, and it is what a client gets that asks for nothing. */
export const DEFAULT_PACKET_SIZE = 4096;
export const MIN_PACKET_SIZE = 512;
export const MAX_PACKET_SIZE = 32767;

export const Token = {
  columnMetadata: 0x81,
  returnStatus: 0x79,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  featureExtAck: 0xae,
  row: 0xd1,
  nbcRow: 0xd2,
  environment: 0xe3,
  done: 0xfd,
  doneProcedure: 0xfe,
  doneInProcedure: 0xff,
} as const;

export const DoneStatus = { more: 0x01, error: 0x02, inTransaction: 0x04, count: 0x10, attention: 0x20 } as const;

export const Environment = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  begin: 8,
  commit: 9,
  rollback: 10,
  resetAck: 18,
} as const;

/** TDS 7.3A has no NBCROW; 7.3B does; 7.4 adds feature extensions. Older clients use other layouts of DONE and RPC. */
export const TdsVersion = { v73a: 0x730a0003, v73b: 0x730b0003, v74: 0x74000004 } as const;

/** The client broke the wire format: it is told once, and then the connection ends. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProtocolError";
  }
}
