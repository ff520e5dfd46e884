/** A text file below the directory of the program, as a resource: written, read back and removed with the stack. */
import * as pulumi from "@pulumi/pulumi";

interface Inputs {
  readonly path: string;
  readonly content: string;
}

/** Pulumi stores the text of these functions, so what they need is required inside of them. */
const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs> = {
  async create(inputs) {
    const { mkdirSync, writeFileSync } = await import("node:fs");
    const { dirname } = await import("node:path");
    mkdirSync(dirname(inputs.path), { recursive: true });
    writeFileSync(inputs.path, inputs.content);
    return { id: inputs.path, outs: inputs };
  },
  async read(id, props) {
    const { existsSync, readFileSync } = await import("node:fs");
    if (!existsSync(id)) return {};
    return { id, props: { path: id, ...props, content: readFileSync(id, "utf8") } };
  },
  async diff(_id, olds, news) {
    const { existsSync, readFileSync } = await import("node:fs");
    const isMoved = olds.path !== news.path;
    const isSame = existsSync(olds.path) && readFileSync(olds.path, "utf8") === news.content;
    return { changes: isMoved || !isSame, replaces: isMoved ? ["path"] : [] };
  },
  async update(_id, _olds, news) {
    const { writeFileSync, mkdirSync } = await import("node:fs");
    const { dirname } = await import("node:path");
    mkdirSync(dirname(news.path), { recursive: true });
    writeFileSync(news.path, news.content);
    return { outs: news };
  },
  async delete(_id, props) {
    const { rmSync } = await import("node:fs");
    rmSync(props.path, { force: true });
  },
};

export class TextFile extends pulumi.dynamic.Resource {
  declare readonly path: pulumi.Output<string>;
  declare readonly content: pulumi.Output<string>;

  /** `path` is relative to the program, with forward slashes. */
  constructor(
    name: string,
    args: { readonly path: pulumi.Input<string>; readonly content: pulumi.Input<string> },
    options?: pulumi.CustomResourceOptions,
  ) {
    super(provider, name, { ...args }, options, "files", "TextFile");
  }
}
