#!/usr/bin/env node
import "../lib/node-version.js";
import { runCommand } from "./run-command.ts";

process.exitCode = await runCommand(process.argv.slice(2));
