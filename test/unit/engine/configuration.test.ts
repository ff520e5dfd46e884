import assert from "node:assert/strict";
import { environmentVariable, passwordVariable, readConfiguration } from "../../../provider/src/engine/configuration";
import { ConfigurationError } from "../../../provider/src/errors";

const source = (values: Record<string, string>) => ({ get: (key: string) => values[key] });
const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.message;
  }
  return assert.fail("no error");
};

describe("the configuration of servers", () => {
  it("reads a server from the secret sqlserver:servers", () => {
    const servers = JSON.stringify({ sales: { host: "db1", port: 1444, user: "u", password: "p" } });
    assert.deepEqual(readConfiguration(source({ "sqlserver:servers": servers }), {}).server("sales"), {
      host: "db1",
      port: 1444,
      user: "u",
      password: "p",
    });
  });
  it("reads a server from an environment variable named after it", () => {
    assert.equal(environmentVariable("hart-server"), "SQLSERVER_HART_SERVER");
    const settings = readConfiguration(source({}), {
      SQLSERVER_HART_SERVER: "mssql://sa:p%40ss@[::1]:1444?trustServerCertificate=true",
    }).server("hart-server");
    assert.deepEqual(settings, {
      host: "::1",
      port: 1444,
      user: "sa",
      password: "p@ss",
      encrypt: true,
      trustServerCertificate: true,
    });
  });
  it("encrypts and verifies unless told otherwise", () => {
    const settings = readConfiguration(source({}), { SQLSERVER_A: "mssql://h" }).server("a");
    assert.equal(settings.encrypt, true);
    assert.equal(settings.trustServerCertificate, false);
  });
  it("shows the command to type when a server is missing, and the names that there are", () => {
    const text = message(() =>
      readConfiguration(source({ "sqlserver:servers": '{"a":{"host":"h"}}' }), {}).server("b"),
    );
    assert.match(text, /pulumi config set --secret sqlserver:servers/);
    assert.match(text, /there are "a"/);
    assert.match(text, /SQLSERVER_B/);
  });
  it("names the wrong member and never quotes the password", () => {
    const servers = JSON.stringify({ a: { host: "h", port: 0, password: "hunter2", colour: "red" } });
    const text = message(() => readConfiguration(source({ "sqlserver:servers": servers }), {}).server("a"));
    assert.match(text, /a\.port/);
    assert.match(text, /colour/);
    assert.doesNotMatch(text, /hunter2/);
  });
  it("refuses text that is not JSON without quoting it", () => {
    const text = message(() => readConfiguration(source({ "sqlserver:servers": "{hunter2" }), {}));
    assert.doesNotMatch(text, /hunter2/);
  });
  it("refuses a port together with an instance", () => {
    const servers = JSON.stringify({ a: { host: "h", port: 1433, instance: "x" } });
    assert.match(
      message(() => readConfiguration(source({ "sqlserver:servers": servers }), {}).server("a")),
      /port or instance/,
    );
  });
  it("reads consents of the stack as lines, commas or JSON", () => {
    for (const text of ["data-loss:a,\nlong-lock:b", '["data-loss:a", "long-lock:b"]'])
      assert.deepEqual(readConfiguration(source({ "sqlserver:allow": text }), {}).allow, [
        "data-loss:a",
        "long-lock:b",
      ]);
  });
});

describe("the configuration of passwords", () => {
  it("reads one from the secret sqlserver:passwords, else from an environment variable named after it", () => {
    const configured = readConfiguration(source({ "sqlserver:passwords": '{"app":"Fr0m-the-stack"}' }), {
      SQLSERVER_PASSWORD_APP: "Fr0m-elsewhere",
      SQLSERVER_PASSWORD_NIGHT_JOB: "Fr0m-elsewhere",
    });
    assert.equal(passwordVariable("night-job"), "SQLSERVER_PASSWORD_NIGHT_JOB");
    assert.deepEqual([configured.secret("app"), configured.secret("night-job")], ["Fr0m-the-stack", "Fr0m-elsewhere"]);
  });
  it("shows the command to type when one is missing", () => {
    const text = message(() => readConfiguration(source({}), {}).secret("app"));
    assert.match(text, /pulumi config set --secret --path 'sqlserver:passwords\.app'/);
    assert.match(text, /SQLSERVER_PASSWORD_APP/);
  });
  it("never quotes what it does not like", () => {
    for (const value of ["{hunter2", '{"app":["hunter2"]}', '{"app":"hunter2"}', `{"app":"${"hunter2".repeat(20)}"}`]) {
      const text = message(() => readConfiguration(source({ "sqlserver:passwords": value }), {}).secret("app"));
      assert.doesNotMatch(text, /hunter2/);
    }
  });
});
