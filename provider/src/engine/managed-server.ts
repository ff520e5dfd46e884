/**
 * One server as this process works on it. Its catalog is read by whichever of its databases needs it first, and kept until
 * something of it is written; what one database's work changes of the server, the others see.
 */
import { readServer } from "./catalog-reader";
import type { ServerCatalog } from "./catalog-snapshot";
import type { ServerSettings } from "./configuration";
import type { Connection } from "./connection";
import { ManagedDatabase } from "./managed-database";
import { nameComparer, type NameComparer } from "./names";

interface Reading {
  readonly by: Connection;
  readonly catalog: Promise<ServerCatalog>;
}

export class ManagedServer {
  private readonly databases: ManagedDatabase[] = [];
  /** One for all, unless they are apart. */
  private readings: Reading[] = [];
  /** A session of Azure SQL Database sees its own database and master alone. */
  private isApart = false;
  private names: NameComparer | undefined;

  constructor(
    readonly name: string,
    readonly settings: ServerSettings,
    /** Who works here, for others to see: "project/stack". */
    readonly program: string,
    readonly progress: (text: string) => void,
  ) {}

  /**
   * One for each database, however a program spells it: two would keep each other out, and see each other's writes too late.
   * undefined = for the kinds that belong to the server itself.
   */
  async database(name?: string): Promise<ManagedDatabase> {
    const [first] = this.databases;
    // Whoever works there meets the error of a server that cannot be asked, and is told.
    if (first && name !== undefined && this.names === undefined && !this.databases.some((one) => one.database === name))
      await first.exclusively(() => first.catalog()).catch(() => undefined);
    const known = this.databases.find(
      (one) =>
        one.database === name ||
        (one.database !== undefined && name !== undefined && this.names?.equals(one.database, name) === true),
    );
    if (known) return known;
    const database = new ManagedDatabase(this, name);
    this.databases.push(database);
    return database;
  }

  /** What the server is and has, its databases and logins among it, as of the last write of this process. */
  async catalog(connection: Connection): Promise<ServerCatalog> {
    const reading =
      this.readings.find(({ by }) => by === connection || !this.isApart) ??
      this.begun({ by: connection, catalog: readServer(connection, this.name) });
    const isOwn = reading.by === connection;
    try {
      const catalog = await reading.catalog;
      this.isApart = catalog.properties.engineEdition === 5;
      this.names ??= nameComparer(catalog.properties.collation);
      if (isOwn || !this.isApart) return catalog;
    } catch (error) {
      this.readings = this.readings.filter((one) => one !== reading);
      // What befell another session says nothing of this one.
      if (isOwn) throw error;
    }
    return this.catalog(connection);
  }

  private begun(reading: Reading): Reading {
    this.readings.push(reading);
    return reading;
  }

  /** Forgets the catalog: the next use reads it again. */
  invalidate(): void {
    this.readings = [];
  }

  async close(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.close()));
  }
}
