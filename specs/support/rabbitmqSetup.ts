import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopBroker, type BrokerHandle } from './rabbitmqBroker.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the one who needs a broker first leaves word of it for the others. */
    readonly rabbitmqFolder: string;
  }
}

/** Ends the broker that spec files share, if one of them started it. */
export default function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rxfan-rabbitmq-shared-'));
  project.provide('rabbitmqFolder', folder);
  return async () => {
    const started = join(folder, 'started.json');
    if (existsSync(started)) {
      const { handle } = JSON.parse(readFileSync(started, 'utf8')) as { readonly handle?: BrokerHandle };
      if (handle) await stopBroker(handle);
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
