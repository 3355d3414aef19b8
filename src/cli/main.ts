#!/usr/bin/env node
/** The command line as a process. */
import { exitCode } from "../diagnostics/diagnostic.js";
import { runCommand } from "./command.js";
import { isCleanedUp } from "./process/closed-output.js";

// `scmc … | head` closes the pipe early, which is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (!isCleanedUp()) process.exit(exitCode.clean);
});

process.exitCode = await runCommand(process.argv.slice(2));
