import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * Four projects, cheapest first: `unit` (pure and mocked), `workflow` (the machine's graph), `stack` (the synthesised
 * template), `lab` (real Dkron on a local AWS). Files run in random order, so that none can lean on another.
 */
/* Written for `import` alone: translated as ours are, since Jest requires. */
const MODULES = '(openid-client|oauth4webapi|jose)';
const transformIgnorePatterns = [`/node_modules/(?!${MODULES}/)`];
const swc = (parser) => [
  '@swc/jest',
  { jsc: { parser, target: 'es2022' }, module: { type: 'commonjs' }, sourceMaps: 'inline' },
];
const transform = {
  '^.+\\.ts$': swc({ syntax: 'typescript' }),
  [`/node_modules/${MODULES}/.+\\.js$`]: swc({ syntax: 'ecmascript' }),
};

const patient = { setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'] };

const project = (displayName, testMatch, rest = {}) => ({
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/test/${glob}/**/*.test.ts`),
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out'],
  transform,
  transformIgnorePatterns,
  ...rest,
});

/** A folder of long tests in their own order, which ends in a table of what they kept (test/support/table-reporter.mjs). */
export const told = (folder, table) => {
  process.env.REQUORUM_ROWS ??= join(tmpdir(), `requorum-${folder}-${process.pid}.jsonl`);
  return {
    randomize: false,
    projects: [project(folder, [folder], patient)],
    reporters: ['default', ['<rootDir>/test/support/table-reporter.mjs', table]],
  };
};

export default {
  randomize: true,
  projects: [
    project('unit', ['{recovery,lambdas,documents,cli,notices,page,slack,support}']),
    project('workflow', ['workflow']),
    project('stack', ['stack'], patient),
    project('lab', ['lab'], patient),
  ],
};
