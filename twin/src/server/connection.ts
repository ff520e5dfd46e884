/** One client connection: prelogin, TLS, login, then requests one after the other. [MS-TDS] 3.3. */
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Engine, Faults, SessionPort } from "../session/port";
import { notImplemented, SqlError } from "../session/sql-error";
import { readLogin7, type Login7 } from "./login7";
import { writeLoginAnswer } from "./login-answer";
import { PacketReader, type Message } from "./packet-reader";
import { BrokenAnswer, PacketWriter } from "./packet-writer";
import { StreamTransport } from "./stream-transport";
import { preloginAnswer, readPrelogin, type Encryption } from "./prelogin";
import { DEFAULT_PACKET_SIZE, MIN_PACKET_SIZE, PacketStatus, PacketType, ProtocolError, TdsVersion } from "./protocol";
import { readBatch, readBulkRows, readCalls, readTransaction } from "./requests";
import { Response, type ResponseContext } from "./response";
import { TLS_APPLICATION_DATA, TLS_HANDSHAKE, TlsTunnel } from "./tls-tunnel";

export interface ConnectionSettings {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly secureContext: SecureContext;
  readonly serverName: string;
  readonly collation: string;
  /** Largest packet that a client may ask for, 512 to 32767 bytes. */
  readonly packetSize: number;
  readonly maxMessageBytes: number;
  readonly loginTimeoutMs: number;
  /** What clients are told must be durable: runs before any byte of an answer leaves. */
  beforeSend(): void;
  requestArrived(): void;
  loggedIn(): void;
  log(line: string): void;
}

/** A client may send its next request before it has read the end of an answer, but no more than this. */
const MAX_QUEUED = 1;

export class Connection implements ResponseContext {
  inTransaction = false;
  compressesNulls = true;
  private session: SessionPort | undefined;
  private state: "prelogin" | "handshake" | "login" | "ready" | "closed" = "prelogin";
  private encryption: Encryption = "none";
  private tunnel: TlsTunnel | undefined;
  private reader: PacketReader;
  private readonly writer: PacketWriter;
  private readonly queue: Message[] = [];
  private running: Response | undefined;
  private busy = false;
  private attentions = 0;
  private wake: (() => void) | undefined;
  private readonly loginTimer: NodeJS.Timeout;
  private started = false;
  private endAfterRequest = false;

  constructor(
    private readonly socket: Socket,
    private readonly settings: ConnectionSettings,
    private readonly name: string,
  ) {
    this.reader = new PacketReader(settings.maxMessageBytes);
    this.writer = new PacketWriter(new StreamTransport(socket), DEFAULT_PACKET_SIZE, () => settings.beforeSend());
    this.loginTimer = setTimeout(
      () => this.refuse(`no login within ${settings.loginTimeoutMs} ms`),
      settings.loginTimeoutMs,
    );
    this.loginTimer.unref();
    socket.on("data", (chunk: Buffer) => this.guard(() => this.arrived(chunk)));
    socket.on("error", (error) => settings.log(`${name}: ${error.message}`));
    socket.on("close", () => this.gone());
  }

  // ---- ResponseContext -----------------------------------------------------------------------------------------------

  get serverName(): string {
    return this.settings.serverName;
  }
  get collation(): string {
    return this.session?.collation ?? this.settings.collation;
  }
  get database(): string {
    return this.session?.database ?? "master";
  }

  statementEnded(): boolean {
    const { faults } = this.settings;
    if (faults.dropAfterStatements === undefined) return this.state !== "closed";
    if (--faults.dropAfterStatements > 0) return true;
    this.cut();
    return false;
  }

  /** Ends the connection now, as a broken network would. */
  destroy(): void {
    this.socket.destroy();
  }

  // ---- Bytes in ------------------------------------------------------------------------------------------------------

  private arrived(chunk: Buffer): void {
    if (!this.started) {
      this.started = true;
      if (chunk[0] === TLS_HANDSHAKE)
        throw new ProtocolError(
          "the client began with TLS: TDS 8.0 (Encrypt=Strict) is not supported, use Encrypt=True",
        );
    }
    if (this.tunnel && this.state === "handshake") this.handshake(chunk);
    else if (this.tunnel && !this.plainAfterLogin) this.tunnel.receive(chunk);
    else this.packets(chunk);
  }

  /** Only the login was to be encrypted, and it is over. */
  private get plainAfterLogin(): boolean {
    return this.encryption === "login" && this.state === "ready";
  }

  private packets(chunk: Buffer): void {
    for (const message of this.reader.push(chunk)) this.received(message);
  }

  private handshake(chunk: Buffer): void {
    for (const message of this.reader.push(chunk)) {
      if (message.type !== PacketType.prelogin)
        throw new ProtocolError(`packet type 0x${message.type.toString(16)} during the TLS handshake`);
      this.tunnel!.receive(message.payload);
    }
    const bare = this.reader.rest(TLS_APPLICATION_DATA);
    if (bare.length === 0) return;
    this.tunnel!.unwrap();
    this.state = "login";
    this.reader = new PacketReader(this.settings.maxMessageBytes);
    this.tunnel!.receive(bare);
  }

  private startTls(): void {
    this.state = "handshake";
    this.reader = new PacketReader(this.settings.maxMessageBytes, TLS_APPLICATION_DATA);
    const raw = new StreamTransport(this.socket);
    const tunnel = new TlsTunnel(this.settings.secureContext, (bytes, sent) => raw.write(bytes, sent));
    this.tunnel = tunnel;
    tunnel.secure.on("data", (chunk: Buffer) => this.guard(() => this.packets(chunk)));
    tunnel.secure.on("error", (error) => this.refuse(`TLS: ${error.message}`));
    if (this.encryption === "all") this.writer.transport = new StreamTransport(tunnel.secure);
  }

  private received(message: Message): void {
    if (this.state === "closed") return;
    if (this.state === "ready") return this.request(message);
    if (this.state === "prelogin" && message.type === PacketType.prelogin) return this.prelogin(message);
    if ((this.state === "login" || this.state === "prelogin") && message.type === PacketType.login7 && !this.busy) {
      this.busy = true;
      void this.login(message).finally(() => this.idle());
      return;
    }
    throw new ProtocolError(`packet type 0x${message.type.toString(16)} in the state ${this.state}`);
  }

  // ---- Login ---------------------------------------------------------------------------------------------------------

  private prelogin(message: Message): void {
    const wish = readPrelogin(message.payload);
    this.encryption = wish.encryption;
    if (wish.wantsMars)
      this.settings.log(`${this.name}: multiple active result sets (MARS) were asked for and refused`);
    this.writer.bytes(preloginAnswer(wish.encryption, this.settings.engine.productVersion));
    this.writer.end();
    if (wish.encryption === "none") this.state = "login";
    else this.startTls();
  }

  private async login(message: Message): Promise<void> {
    const response = new Response(this.writer, this, false);
    try {
      await this.delay(this.settings.faults.latencyMs);
      const login = readLogin7(message.payload);
      const session = await this.settings.engine.login(login.request);
      if (this.isClosed()) return session.close();
      this.session = session;
      session.onEnd?.(() => this.ended());
      session.onCut?.(() => this.cut());
      this.welcome(login, session, response);
    } catch (error) {
      if (error instanceof ProtocolError) return this.refuse(error.message);
      this.settings.log(`${this.name}: login refused: ${error instanceof Error ? error.message : String(error)}`);
      response.failure(this.asSqlError(error));
      response.finish(true);
      this.writer.end();
      this.shut();
    }
  }

  private welcome(login: Login7, session: SessionPort, response: Response): void {
    clearTimeout(this.loginTimer);
    this.compressesNulls = login.tdsVersion !== TdsVersion.v73a;
    this.writer.spid = session.spid;
    const packetSize = Math.min(
      Math.max(login.packetSize || DEFAULT_PACKET_SIZE, MIN_PACKET_SIZE),
      this.settings.packetSize,
    );
    writeLoginAnswer(login, session, this.settings.engine.productVersion, packetSize, response, this.writer);
    // The login answer still has packets of the old size; the new one holds from the next message on.
    this.writer.end();
    this.writer.packetSize = packetSize;
    if (this.encryption === "login") this.writer.transport = new StreamTransport(this.socket);
    this.state = "ready";
    this.settings.loggedIn();
  }

  private isClosed(): boolean {
    return this.state === "closed";
  }

  // ---- Requests ------------------------------------------------------------------------------------------------------

  private request(message: Message): void {
    if (message.type === PacketType.attention) return this.attention();
    if (this.busy && this.queue.length >= MAX_QUEUED)
      throw new ProtocolError("a further request before the answer to the one before");
    this.queue.push(message);
    if (!this.busy) void this.serveAll();
  }

  private attention(): void {
    this.attentions++;
    if (!this.busy) return this.acknowledgeAttention();
    this.running?.silence();
    this.wake?.();
    this.session!.attention();
  }

  private acknowledgeAttention(): void {
    this.attentions = 0;
    const response = new Response(this.writer, this, false);
    response.acknowledgeAttention();
    this.writer.end();
  }

  private async serveAll(): Promise<void> {
    this.busy = true;
    for (
      let message = this.queue.shift();
      message && !this.isClosed() && !this.endAfterRequest;
      message = this.queue.shift()
    ) {
      try {
        await this.serve(message);
      } catch (error) {
        // An answer that cannot be made durable must not leave.
        this.settings.log(`${this.name}: connection closed: ${error instanceof Error ? error.message : String(error)}`);
        this.socket.destroy();
        this.gone();
      }
      if (this.attentions > 0 && !this.isClosed()) this.acknowledgeAttention();
    }
    this.idle();
  }

  private idle(): void {
    this.busy = false;
    if (this.isClosed()) this.closeSession();
  }

  private async serve(message: Message): Promise<void> {
    const { faults } = this.settings;
    this.settings.requestArrived();
    if (faults.dropAfterStatements !== undefined && faults.dropAfterStatements <= 0) return this.cut();
    const response = new Response(this.writer, this, message.type === PacketType.rpc);
    this.running = response;
    try {
      if (faults.latencyMs > 0) await this.delay(faults.latencyMs);
      this.resetWhenAsked(message, response);
      // A message that its sender gave up is answered, not run.
      if (message.ignored) response.finish(true);
      else if (this.attentions === 0) await this.dispatch(message, response);
      else response.finish(true);
    } catch (error) {
      if (this.isClosed()) return;
      if (error instanceof ProtocolError) {
        this.settings.log(`${this.name}: connection closed: ${error.message}`);
        this.sayBroken();
        return this.shut();
      }
      if (error instanceof BrokenAnswer) throw error;
      response.failure(this.asSqlError(error));
      response.finish(true);
    } finally {
      this.running = undefined;
    }
    if (this.isClosed()) return;
    this.writer.end();
    if (response.fatal || this.endAfterRequest) this.shut();
  }

  private resetWhenAsked(message: Message, response: Response): void {
    if ((message.status & (PacketStatus.reset | PacketStatus.resetKeepTransaction)) === 0) return;
    const keepTransaction = (message.status & PacketStatus.resetKeepTransaction) !== 0;
    this.session!.reset(keepTransaction);
    if (!keepTransaction) this.inTransaction = false;
    response.resetDone();
  }

  private async dispatch(message: Message, response: Response): Promise<void> {
    const session = this.session!;
    if (message.type === PacketType.batch) await session.batch(readBatch(message.payload), response);
    else if (message.type === PacketType.transaction)
      await session.transaction(readTransaction(message.payload), response);
    else if (message.type === PacketType.bulkLoad) {
      const { columns, rows } = readBulkRows(message.payload);
      await session.bulkLoad(columns, rows, response);
    } else if (message.type === PacketType.rpc) return this.calls(message, response);
    else throw new ProtocolError(`packet type 0x${message.type.toString(16)} after the login`);
    response.finish(true);
  }

  private async calls(message: Message, response: Response): Promise<void> {
    const calls = readCalls(message.payload);
    for (const [i, call] of calls.entries()) {
      response.parameterNames = call.names;
      try {
        await this.session!.rpc(call.name, call.parameters, response);
      } catch (error) {
        if (error instanceof BrokenAnswer) throw error;
        response.failure(this.asSqlError(error));
      }
      const last = i === calls.length - 1 || response.fatal || this.attentions > 0;
      response.finish(last);
      if (last) return;
    }
  }

  /** Anything else than an SqlError is a defect of the twin: the log has its stack, the client a refusal. */
  private asSqlError(error: unknown): SqlError {
    if (error instanceof SqlError) return error;
    this.settings.log(
      `${this.name}: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return notImplemented(
      `this request; it failed inside with ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    );
  }

  private delay(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake?.(), ms);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }

  // ---- The end -------------------------------------------------------------------------------------------------------

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.refuse(error instanceof Error ? error.message : String(error));
    }
  }

  /** The client broke the protocol: said in the log, to a logged-in client as error 4002, and then the end. */
  private refuse(reason: string): void {
    if (this.state === "closed") return;
    this.settings.log(`${this.name}: connection closed: ${reason}`);
    if (this.state !== "ready" || this.busy) {
      this.socket.destroy();
      return;
    }
    this.sayBroken();
    this.shut();
  }

  private sayBroken(): void {
    const response = new Response(this.writer, this, false);
    response.message(
      new SqlError(
        4002,
        16,
        1,
        "The incoming tabular data stream (TDS) protocol stream is incorrect. The stream ended unexpectedly.",
      ),
    );
    response.finish(true);
    this.writer.end();
  }

  /** What was written still leaves. */
  private shut(): void {
    if (this.encryption === "all" && this.tunnel) this.tunnel.secure.end(() => this.socket.end());
    else this.socket.end();
  }

  /** The server ended the session: what the running request still says leaves, then the socket goes. */
  private ended(): void {
    if (this.busy) this.endAfterRequest = true;
    else this.shut();
  }
  private cut(): void {
    this.settings.faults.dropAfterStatements = undefined;
    this.settings.log(`${this.name}: connection cut by order of a test`);
    this.socket.destroy();
    this.gone();
  }

  private gone(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    clearTimeout(this.loginTimer);
    this.tunnel?.secure.destroy();
    this.wake?.();
    this.running?.silence();
    if (this.busy) this.session?.attention();
    else this.closeSession();
  }

  private closeSession(): void {
    const { session } = this;
    this.session = undefined;
    session?.close();
  }
}
