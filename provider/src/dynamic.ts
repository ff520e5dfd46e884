/**
 * The thin class that Pulumi serialises into the state, twice per resource, and nothing else: one string, and a late require by
 * package name. Whatever could be reached from here would be serialised too.
 * https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/
 */
import type * as pulumi from "@pulumi/pulumi";

/* eslint-disable @typescript-eslint/no-require-imports */

export class ThinProvider implements pulumi.dynamic.ResourceProvider {
  /** Comes from the runtime, as all other operations do. */
  declare create: pulumi.dynamic.ResourceProvider["create"];
  constructor(readonly kind: string) {}

  /** The first call in each process: from here on every operation is the runtime's. */
  configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
    return require("pulumi-sqlserver/runtime").begin(this, request);
  }
}
