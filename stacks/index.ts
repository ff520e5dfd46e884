/** One program for each stack, chosen by the stack's name. */
import * as pulumi from "@pulumi/pulumi";

// The file is named by the stack, so it can only be known when the program runs.
// eslint-disable-next-line @typescript-eslint/no-require-imports
module.exports = require(`./${pulumi.getStack()}`) as object;
