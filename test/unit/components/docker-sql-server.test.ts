import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { DockerSqlServer, DockerSqlServerArgs } from "../../../components/src/docker-sql-server";

const made: pulumi.runtime.MockResourceArgs[] = [];

const value = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => output.apply((result) => (resolve(result), result)));

describe("DockerSqlServer", () => {
  let component: typeof DockerSqlServer;
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: (args) => {
        made.push(args);
        return {
          id: `${args.name}-id`,
          state: { ...args.inputs, name: args.inputs["name"] ?? args.name, imageId: "sha256:image" },
        };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    });
    ({ DockerSqlServer: component } = await import("../../../components/src/docker-sql-server"));
  });
  beforeEach(() => void made.splice(0));

  const base: DockerSqlServerArgs = { version: "2022", acceptEula: true, password: "S3cret-of-docker" };
  const container = (): Record<string, unknown> =>
    made.find(({ type }) => type === "docker:index/container:Container")!.inputs as Record<string, unknown>;

  it("takes the image of the version, a volume, and 127.0.0.1 only", async () => {
    const server = new component("db", base);
    assert.equal(await value(server.server), "db");
    assert.equal(
      made.find(({ type }) => type === "docker:index/remoteImage:RemoteImage")!.inputs["name"],
      "mcr.microsoft.com/mssql/server:2022-latest",
    );
    assert.deepEqual(container()["ports"], [{ internal: 1433, external: 1433, ip: "127.0.0.1" }]);
    assert.equal((container()["volumes"] as { containerPath: string }[])[0]!.containerPath, "/var/opt/mssql");
    assert.ok(made.some(({ type }) => type === "docker:index/volume:Volume"));
  });
  it("waits for a health check that logs in", async () => {
    await value(new component("db", { ...base, healthTimeoutSeconds: 60 }).server);
    assert.equal(container()["wait"], true);
    assert.equal(container()["waitTimeout"], 60);
    assert.match(JSON.stringify(container()["healthcheck"]), /SELECT 1/);
  });
  it("gives the password as a secret and puts it nowhere else", async () => {
    const server = new component("db", base);
    await value(server.server);
    assert.equal(await pulumi.isSecret(server.container.envs), true);
    const { envs, ...rest } = container();
    assert.match(JSON.stringify(envs), /MSSQL_SA_PASSWORD=S3cret-of-docker/);
    assert.doesNotMatch(JSON.stringify(rest), /S3cret/);
    assert.doesNotMatch(JSON.stringify(container()["healthcheck"]), /S3cret/);
  });
  it("leaves the server a part of the container's memory", async () => {
    await value(new component("db", { ...base, memoryMb: 8192 }).server);
    assert.equal(container()["memory"], 8192);
    assert.match(JSON.stringify(container()["envs"]), /MSSQL_MEMORY_LIMIT_MB=6553/);
  });
  for (const [input, bad] of [
    ["memoryMb", 1024],
    ["hostPort", 0],
    ["hostPort", 70_000],
    ["healthTimeoutSeconds", 1],
  ] as const)
    it(`refuses ${input} ${bad} with the range`, () =>
      assert.throws(() => new component("db", { ...base, [input]: bad }), new RegExp(`${input} is ${bad}; give`)));
});
