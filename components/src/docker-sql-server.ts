/**
 * SQL Server in a Docker container: image by version, a volume for its data, the password from a secret, and a health check
 * that a deployment waits for. https://learn.microsoft.com/sql/linux/sql-server-linux-docker-container-configure
 */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { requireArguments } from "./arguments";

const versions: readonly string[] = ["2019", "2022", "2025"] satisfies DockerSqlServerArgs["version"][];
const repository = "mcr.microsoft.com/mssql/server";
const port = 1433;
const dataDirectory = "/var/opt/mssql";
/** The tools moved when they learned to encrypt; both places are looked at, so that every image works. */
const probe =
  'tools=$(ls -d /opt/mssql-tools18 /opt/mssql-tools 2>/dev/null | head -n 1); "$tools/bin/sqlcmd" -C -b -S localhost -U sa -P "$MSSQL_SA_PASSWORD" -Q "SELECT 1"';

export interface DockerSqlServerArgs {
  /** Year of the version. */
  readonly version: "2019" | "2022" | "2025";
  /** Tag of the image. Default `<version>-latest`; name a cumulative update to keep what was tested. */
  readonly tag?: string;
  /** Name by which resources call the server, as in `sqlserver:servers`. Default the name of the component. */
  readonly serverName?: string;
  /** Microsoft's licence terms must be accepted: https://go.microsoft.com/fwlink/?LinkId=746388 */
  readonly acceptEula: true;
  /** Password of sa; it is kept as a secret. 8 to 128 characters of at least three kinds. */
  readonly password: pulumi.Input<string>;
  /** Edition or product key (MSSQL_PID). Default Developer. */
  readonly edition?: "Developer" | "Express" | "Standard" | "Enterprise" | "EnterpriseCore" | "Evaluation";
  /** Server collation; cannot change once the volume is made. Default SQL_Latin1_General_CP1_CI_AS. */
  readonly collation?: string;
  /** TCP port on the host, 1 to 65535. Default 1433. */
  readonly hostPort?: number;
  /** Address of the host to listen on. Default 127.0.0.1: this machine only. */
  readonly hostAddress?: string;
  /** Memory of the container, MiB, at least 2048. Default 4096. */
  readonly memoryMb?: number;
  /** Longest wait for the server to answer, seconds, 10 to 3600. Default 180. */
  readonly healthTimeoutSeconds?: number;
  /** SQL Server Agent. Default false. */
  readonly agent?: boolean;
}

export class DockerSqlServer extends pulumi.ComponentResource {
  /**
   * Name of the server for the input `server` of resources. It is known once the container is healthy, so whatever takes it
   * waits for that.
   */
  readonly server: pulumi.Output<string>;
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly containerName: pulumi.Output<string>;
  /** The container itself; its environment is a secret. */
  readonly container: docker.Container;

  constructor(name: string, args: DockerSqlServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("sqlserver:components:DockerSqlServer", name, {}, options);
    requireArguments(`DockerSqlServer "${name}"`, args, {
      version: "required",
      tag: "optional",
      serverName: "optional",
      acceptEula: "required",
      password: "required",
      edition: "optional",
      collation: "optional",
      hostPort: "optional",
      hostAddress: "optional",
      memoryMb: "optional",
      healthTimeoutSeconds: "optional",
      agent: "optional",
    });
    if (args.acceptEula !== true)
      throw new pulumi.RunError(
        `DockerSqlServer "${name}": acceptEula must be true: Microsoft's licence terms stand before any use`,
      );
    if (!versions.includes(args.version))
      throw new pulumi.RunError(`DockerSqlServer "${name}": version is ${args.version}; give ${versions.join(", ")}`);
    const memoryMb = inRange(name, "memoryMb", args.memoryMb ?? 4096, 2048, 16_777_216);
    const hostPort = inRange(name, "hostPort", args.hostPort ?? port, 1, 65_535);
    const healthTimeoutSeconds = inRange(name, "healthTimeoutSeconds", args.healthTimeoutSeconds ?? 180, 10, 3600);
    const hostAddress = args.hostAddress ?? "127.0.0.1";

    const inside = { parent: this };
    const image = new docker.RemoteImage(
      name,
      { name: `${repository}:${args.tag ?? `${args.version}-latest`}`, keepLocally: true },
      inside,
    );
    const volume = new docker.Volume(name, {}, inside);
    const environment = {
      ACCEPT_EULA: "Y",
      MSSQL_PID: args.edition ?? "Developer",
      MSSQL_COLLATION: args.collation ?? "SQL_Latin1_General_CP1_CI_AS",
      MSSQL_AGENT_ENABLED: String(args.agent ?? false),
      // The server leaves a fifth of the container to everything that is not its buffers.
      MSSQL_MEMORY_LIMIT_MB: String(Math.floor(memoryMb * 0.8)),
    };
    this.container = new docker.Container(
      name,
      {
        image: image.imageId,
        envs: pulumi.secret(
          pulumi
            .output(args.password)
            .apply((password) => [
              ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
              `MSSQL_SA_PASSWORD=${password}`,
            ]),
        ),
        memory: memoryMb,
        ports: [{ internal: port, external: hostPort, ip: hostAddress }],
        volumes: [{ volumeName: volume.name, containerPath: dataDirectory }],
        healthcheck: { tests: ["CMD-SHELL", probe], interval: "5s", timeout: "10s", startPeriod: "20s", retries: 10 },
        wait: true,
        waitTimeout: healthTimeoutSeconds,
        restart: "unless-stopped",
        destroyGraceSeconds: 30,
      },
      { ...inside, deleteBeforeReplace: true, additionalSecretOutputs: ["envs"] },
    );
    this.server = this.container.id.apply(() => args.serverName ?? name);
    this.host = pulumi.output(hostAddress === "0.0.0.0" ? "127.0.0.1" : hostAddress);
    this.port = pulumi.output(hostPort);
    this.containerName = this.container.name;
    this.registerOutputs({ server: this.server, host: this.host, port: this.port, containerName: this.containerName });
  }
}

function inRange(name: string, input: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new pulumi.RunError(
    `DockerSqlServer "${name}": ${input} is ${value}; give a whole number from ${least} to ${most}`,
  );
}
