#!/usr/bin/env node
// npm links only a program that is there when it installs, and dist/ is built afterwards.
require("../dist/cli.js");
