import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './specs/support/closingLine.ts'],
    include: ['specs/**/*.spec.ts'],
    globalSetup: ['./specs/support/rabbitmqSetup.ts'], // ends what spec files share
    typecheck: { enabled: true, include: ['specs/**/*.spec-d.ts'], tsconfig: 'tsconfig.json' },
    maxWorkers: '100%', // every core: files are many, and most of them wait now and then
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
