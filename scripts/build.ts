/**
 * Builds what cannot run from source: the connector executables (one file each, so that a child starts fast and a sandbox
 * needs to show it little), the command line, the thread entry, and the workflow bundle. Skips what is up to date.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { bundleWorkflowCode } from '@temporalio/worker';
import { build } from 'esbuild';

export {};
