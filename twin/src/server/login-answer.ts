/** What a client is told when it is in: its database, collation and language, who the server is, the packet size. [MS-TDS] 2.2.7.14. */
import type { Engine, SessionPort } from "../session/port";
import { SqlError } from "../session/sql-error";
import { UTF8_FEATURE, type Login7 } from "./login7";
import type { PacketWriter } from "./packet-writer";
import { DEFAULT_PACKET_SIZE, Token } from "./protocol";
import type { Response } from "./response";

const SERVER_LANGUAGE = "us_english";

export function writeLoginAnswer(
  login: Login7,
  session: SessionPort,
  version: Engine["productVersion"],
  packetSize: number,
  response: Response,
  writer: PacketWriter,
): void {
  response.environment({ kind: "database", from: "master", to: session.database });
  response.message(new SqlError(5701, 0, 2, `Changed database context to '${session.database}'.`));
  response.environment({ kind: "collation", collation: session.collation });
  response.environment({ kind: "language", from: "", to: SERVER_LANGUAGE });
  response.message(new SqlError(5703, 0, 1, `Changed language setting to ${SERVER_LANGUAGE}.`));
  writer.u8(Token.loginAck);
  writer.sized(() => {
    writer.u8(1);
    writer.u32be(login.tdsVersion);
    // Drivers choose their dialect by this name; @@VERSION says what the twin is.
    writer.shortText("Microsoft SQL Server");
    writer.u8(version.major);
    writer.u8(version.minor);
    writer.u8(version.build >> 8);
    writer.u8(version.build & 0xff);
  });
  response.packetSize(packetSize, DEFAULT_PACKET_SIZE);
  if (login.utf8) {
    writer.u8(Token.featureExtAck);
    writer.u8(UTF8_FEATURE);
    writer.u32(1);
    writer.u8(1);
    writer.u8(0xff);
  }
  response.finish(true);
}
