import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './specs/support/closingLine.ts'],
    include: ['specs/**/*.spec.ts'],
    typecheck: { enabled: true, include: ['specs/**/*.spec-d.ts'], tsconfig: 'tsconfig.json' },
    maxWorkers: '100%', // every core: files are many, and most of them wait now and then
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
