import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessFigures } from '../../contracts/liveView.ts';

/** Watches the process until it is stopped. */
export interface ProcessWatch {
  /** The figures since they were last read. */
  read(): ProcessFigures;
  stop(): void;
}

/** How often the event loop is asked to come by, in ms. */
const EVERY_MS = 10;

/** Begins to measure how late the event loop is, and what the process uses. */
export function watchProcess(): ProcessWatch {
  const delays = monitorEventLoopDelay({ resolution: EVERY_MS });
  let usedBefore = process.cpuUsage();
  let readAt = performance.now();
  delays.enable();

  return {
    read: () => {
      const now = performance.now();
      const used = process.cpuUsage(usedBefore);
      const memory = process.memoryUsage();
      const lag = { p99: delays.percentile(99), max: delays.max };
      const elapsedUs = (now - readAt) * 1_000;
      usedBefore = process.cpuUsage();
      readAt = now;
      delays.reset();
      return {
        uptimeMs: Math.round(process.uptime() * 1_000),
        lagP99Ms: lagMs(lag.p99),
        lagMaxMs: lagMs(lag.max),
        heapUsedBytes: memory.heapUsed,
        heapTotalBytes: memory.heapTotal,
        residentBytes: memory.rss,
        cpu: elapsedUs > 0 ? Math.round(((used.user + used.system) / elapsedUs) * 100) / 100 : 0,
      };
    },
    stop: () => void delays.disable(),
  };
}

/** What was measured is the time from one visit to the next. */
function lagMs(nanoseconds: number): number {
  return Math.max(0, Math.round((nanoseconds / 1_000_000 - EVERY_MS) * 10) / 10);
}
