/*
 * Four projects, cheapest first: `unit` (pure and mocked), `workflow` (the machine's graph), `stack` (the synthesised
 * template), `lab` (real Dkron on a local AWS). Files run in random order, so that none can lean on another.
 */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' }, sourceMaps: 'inline' },
  ],
};

export const patient = { setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'] };

export const project = (displayName, testMatch, rest = {}) => ({
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/test/${glob}/**/*.test.ts`),
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out'],
  transform,
  ...rest,
});

export default {
  randomize: true,
  projects: [
    project('unit', ['{recovery,lambdas,documents,cli,support}']),
    project('workflow', ['workflow']),
    project('stack', ['stack'], patient),
    project('lab', ['lab'], patient),
  ],
};
