import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line that says how many tests there were, for people and for scripts. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state]++;
      if (module.children.size === 0 && !module.ok()) counts.failed++; // it could not even be read
    }
    const { passed, failed, skipped, pending } = counts;
    console.log(`${passed} passed, ${failed} failed, ${skipped + pending} skipped`);
  }
}
