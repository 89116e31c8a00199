import { join } from 'node:path';
import { tmpdir } from 'node:os';
import all, { project, patient } from './jest.config.mjs';

/*
 * Every chapter of the outage guide on real Dkron: `npm run test:chapters`. Its tests tell a story, one outage after the
 * other on the same cluster, so that files run in their own order, unlike all other tests.
 */
process.env.REQUORUM_CHAPTER_ROWS ??= join(tmpdir(), `requorum-chapters-${process.pid}.jsonl`);

export default {
  ...all,
  randomize: false,
  projects: [project('chapters', ['chapters'], patient)],
  reporters: ['default', '<rootDir>/test/chapters/support/reporter.mjs'],
};
