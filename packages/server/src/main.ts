#!/usr/bin/env node
import { runCommand } from './run-command.ts';

const code = await runCommand(process.argv.slice(2));
// A command that went well may have left a code of its own.
if (code !== 0) process.exitCode = code;
