/** The listening socket and its connections. */
import { createServer, type AddressInfo, type Server } from "node:net";
import { Connection, type ConnectionSettings } from "./connection";

export class Listener {
  private readonly server: Server;
  private readonly connections = new Set<Connection>();
  private accepted = 0;

  constructor(settings: ConnectionSettings) {
    this.server = createServer({ noDelay: true }, (socket) => {
      const connection = new Connection(socket, settings, `connection ${++this.accepted}`);
      this.connections.add(connection);
      socket.on("close", () => this.connections.delete(connection));
    });
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  /** Resolves with the port; rejects when it is taken. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, () => {
        this.server.off("error", reject);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** Stops listening and cuts every connection; resolves when the last is gone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const connection of this.connections) connection.destroy();
    });
  }
}
