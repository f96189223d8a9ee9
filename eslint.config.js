import js from '@eslint/js';
import rxjsX from 'eslint-plugin-rxjs-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist/**', 'coverage/**', 'docs/site/dist/**', 'docs/site/.work/**']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, rxjsX.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off', // indexes that the code has just checked
      '@typescript-eslint/no-redeclare': 'off', // io-ts: one name for the type and its codec
      '@typescript-eslint/only-throw-error': 'off', // specs and laws throw what users throw
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(fp-ts|io-ts)/(?!lib/.+[.]js$)',
              message: 'plain Node needs <package>/lib/<Module>.js',
            },
          ],
        },
      ],
      'rxjs-x/finnish': [
        'error',
        {
          functions: false,
          methods: false,
          objects: false,
          parameters: false,
          properties: false,
          strict: false,
          types: { '^Topic$': false }, // it is called after what it carries
        },
      ],
      'rxjs-x/no-explicit-generics': 'off',
      'rxjs-x/no-ignored-default-value': 'off', // an empty stream is an error, which is what is meant
      'rxjs-x/no-ignored-subscription': 'off', // a subscription ends with the subscriber it is added to
      'rxjs-x/no-subclass': 'off', // a Topic is a Subject
      'rxjs-x/prefer-observer': 'off',
      'rxjs-x/throw-error': 'off',
    },
  },
  {
    files: ['operators/**/*.ts', 'lib/core/**/*.ts', 'lib/boundary/**/*.ts', 'lib/contracts/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'process'].map((name) => ({
          name,
          message: 'time comes from a scheduler, so that virtual time reaches everything',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'use asyncScheduler.now()' },
        { object: 'Math', property: 'random', message: 'chance is an argument' },
      ],
    },
  },
  {
    files: ['specs/**/*.ts', 'docs/examples/**/*.ts', 'lib/systems/cli/init/starter/specs/**/*.ts'],
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-explicit-any': 'off', // specs look at answers as they come
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'rxjs-x/finnish': 'off', // it takes a local function for an observable
      'rxjs-x/no-ignored-default-value': 'off', // an empty stream fails the test
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-observable': 'off',
      'rxjs-x/no-nested-subscribe': 'off',
      'rxjs-x/no-subject-unsubscribe': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-undef': 'off' }, // Node has globals, and a misspelt one fails at once
  },
);
