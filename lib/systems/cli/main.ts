#!/usr/bin/env node
import { runCommandLine } from './commandLine.ts';
import { processTerminal } from './processTerminal.ts';

process.exit(await runCommandLine(process.argv.slice(2), processTerminal(process)));
