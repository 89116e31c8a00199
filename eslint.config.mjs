import tseslint from 'typescript-eslint';

/*
 * Typed rules for everything, and the rings of the design: imports point inward only. A ring lists what it may never
 * import, as it is written in the import.
 */
const anyOf = (...folders) => folders.flatMap((folder) => [`**/${folder}`, `**/${folder}/**`]);
const packages = (...names) => names.flatMap((name) => [name, `${name}/**`]);

const CDK = packages('aws-cdk-lib', 'constructs', 'cdk-nag');
const SYNTH = anyOf('lib/workflow', 'lib/constructs', 'workflow', 'constructs', 'requorum-stack');
const LAB = anyOf('lab');
const SDK = packages('@aws-sdk', '@smithy', '@aws-lambda-powertools', '@grpc');
const RUN_TIME = anyOf('lambdas');

const ring = (files, rules) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: rules.map(([names, message]) =>
          Array.isArray(names) ? { group: names, message } : { regex: names, message },
        ),
      },
    ],
  },
});
const neverLab = [LAB, 'only bin/lab.ts, bin/demo.ts and test may import the lab'];

export default tseslint.config(
  { ignores: ['node_modules/', 'cdk.out/', 'coverage/', 'proto/gen/', '**/*.mjs', '**/*.js', '.ci/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // A zod schema and its type share one name on purpose; doubles may be async without awaiting.
    files: ['test/**/*.ts', 'lab/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off', 'no-console': 'off' },
  },
  { files: ['bin/**/*.ts'], rules: { 'no-console': 'off' } },
  ring(
    ['lib/recovery/**/*.ts'],
    [['^(?!\\./|zod$)', 'lib/recovery is pure: zod and itself only; no clock, randomness or I/O']],
  ),
  ring(
    ['lambdas/**/*.ts'],
    [[CDK, 'run-time code never imports synth code'], [SYNTH, 'run-time code never imports synth code'], neverLab],
  ),
  ring(
    ['lib/workflow/**/*.ts', 'lib/constructs/**/*.ts', 'lib/requorum*.ts', 'lib/config.ts', 'bin/app.ts'],
    [[SDK, 'synth code never imports an SDK'], [RUN_TIME, 'synth code never imports run-time code'], neverLab],
  ),
  ring(
    ['lib/documents/**/*.ts'],
    [[SDK, 'documents are text'], [RUN_TIME, 'documents are text'], [CDK, 'documents are text'], neverLab],
  ),
  ring(
    ['lib/page/**/*.ts'],
    [
      [CDK, 'pages are text made of what is handed in'],
      [SDK, 'pages are text made of what is handed in'],
      [SYNTH, 'pages are text made of what is handed in'],
      [RUN_TIME, 'pages are text made of what is handed in'],
      neverLab,
    ],
  ),
  ring(
    ['lib/cli/**/*.ts', 'bin/requorum.ts'],
    [
      [CDK, 'the CLI speaks to the door only'],
      [SYNTH, 'the CLI speaks to the door only'],
      [RUN_TIME, 'the CLI speaks to the door only'],
      neverLab,
    ],
  ),
  ring(['lab/**/*.ts'], [[RUN_TIME, 'the lab plays AWS and hosts, nothing of the product']]),
);
