/**
 * The thin class that Pulumi serialises into the state, and nothing else: one string, and a late require by package name.
 * Whatever could be reached from here would be serialised too. https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/
 */
import * as pulumi from "@pulumi/pulumi";

/* eslint-disable @typescript-eslint/no-require-imports */
export class ThinProvider implements pulumi.dynamic.ResourceProvider {
  constructor(readonly kind: string) {}
  configure(request: unknown): Promise<void> {
    return require("pulumi-sqlserver/runtime").configure(this.kind, request);
  }
  check(olds: unknown, news: unknown): Promise<pulumi.dynamic.CheckResult> {
    return require("pulumi-sqlserver/runtime").check(this.kind, olds, news);
  }
  diff(id: string, olds: unknown, news: unknown): Promise<pulumi.dynamic.DiffResult> {
    return require("pulumi-sqlserver/runtime").diff(this.kind, id, olds, news);
  }
  create(inputs: unknown): Promise<pulumi.dynamic.CreateResult> {
    return require("pulumi-sqlserver/runtime").create(this.kind, inputs);
  }
  read(id: string, properties: unknown): Promise<pulumi.dynamic.ReadResult> {
    return require("pulumi-sqlserver/runtime").read(this.kind, id, properties);
  }
  update(id: string, olds: unknown, news: unknown): Promise<pulumi.dynamic.UpdateResult> {
    return require("pulumi-sqlserver/runtime").update(this.kind, id, olds, news);
  }
  delete(id: string, properties: unknown): Promise<void> {
    return require("pulumi-sqlserver/runtime").delete(this.kind, id, properties);
  }
}
