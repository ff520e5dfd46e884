/**
 * What an application needs to know of the reference database, read from the stack of its host: a settings file and a container
 * definition. Neither holds a secret: the password is mounted by whoever runs the container.
 */
import * as pulumi from "@pulumi/pulumi";
import type { HostDatabaseOutputs } from "pulumi-sqlserver-components";
import { TextFile } from "./text-file";

/** What a stack of hosts exports, as it arrives here. */
type Exported = pulumi.Unwrap<HostDatabaseOutputs>;

const config = new pulumi.Config();
const host = new pulumi.StackReference(config.require("database"));
const read = <Name extends keyof Exported>(name: Name): pulumi.Output<Exported[Name]> =>
  host.requireOutput(name) as pulumi.Output<Exported[Name]>;

const facts = pulumi.output({
  connection: read("connection"),
  brokerGuid: read("brokerGuid"),
  assemblies: read("assemblies"),
  leftOut: read("leftOut"),
  planHash: read("planHash"),
  historyId: read("historyId"),
});

/** Address of the server as the application reaches it. Default: the name that the host's stack gives it. */
const address = config.get("address");
const image = config.get("image") ?? "hartonomous/api:latest";
const secret = "hartonomous_password";

const settings = facts.apply(({ connection, brokerGuid, leftOut }) => ({
  ConnectionStrings: {
    Hartonomous: `Server=${address ?? connection.server};Database=${connection.database};Encrypt=True;Application Name=hartonomous-api`,
  },
  ServiceBroker: { Instance: brokerGuid },
  // A payload in FILESTREAM is streamed; without it the application keeps payloads in the atom itself.
  Features: { Payloads: !leftOut.some(({ what }) => what === "table dbo.AtomPayload") },
}));
const settingsFile = new TextFile("settings", { path: "out/appsettings.json", content: json(settings) });

const container = pulumi.all([facts, settingsFile.path]).apply(([{ assemblies, planHash, historyId }, path]) => ({
  services: {
    "hartonomous-api": {
      image,
      restart: "unless-stopped",
      volumes: [`./${path.slice(path.lastIndexOf("/") + 1)}:/app/appsettings.json:ro`],
      secrets: [secret],
      // A changed label makes a new container: the application starts again on another database.
      labels: {
        "hartonomous.plan": planHash,
        "hartonomous.history": String(historyId),
        ...Object.fromEntries(
          Object.entries(assemblies).map(([name, { version, mvid }]) => [
            `hartonomous.assembly.${name}`,
            `${version} ${mvid}`,
          ]),
        ),
      },
    },
  },
  secrets: { [secret]: { external: true } },
}));
const containerFile = new TextFile("container", { path: "out/compose.json", content: json(container) });

export const files = [settingsFile.path, containerFile.path];

function json(value: pulumi.Output<unknown>): pulumi.Output<string> {
  return value.apply((given) => `${JSON.stringify(given, undefined, 2)}\n`);
}
