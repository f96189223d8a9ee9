import { defineConfig } from 'vitest/config';

/** Specs of what has no state of a process: they share workers, which loads the library once for all of them. */
const PARTS = ['operators', 'contracts', 'boundary', 'core', 'testing'].map((folder) => `specs/${folder}/**/*.spec.ts`);

export default defineConfig({
  test: {
    reporters: ['default', './specs/support/closingLine.ts'],
    globalSetup: ['./specs/support/rabbitmqSetup.ts'], // ends what spec files share
    maxWorkers: '100%', // every core: files are many, and most of them wait now and then
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'parts', include: PARTS, isolate: false } },
      {
        extends: true,
        test: {
          name: 'programs',
          include: ['specs/**/*.spec.ts', 'lib/systems/cli/init/starter/specs/*.spec.ts'],
          exclude: PARTS,
          typecheck: { enabled: true, include: ['specs/**/*.spec-d.ts'], tsconfig: 'tsconfig.json' },
        },
      },
    ],
  },
});
