import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MODULES = join(__dirname, '..', '..', '..', 'lib', 'documents', 'python');

/** The value of one expression over the modules that run on hosts; a refusal is `{ refused, detail }`. */
export const evaluate = async (module: string, expression: string, ...words: readonly string[]): Promise<unknown> => {
  const program = [
    'import json, sys',
    'from result import Refused',
    `import ${module}`,
    'words = sys.argv[1:]',
    'try:',
    `    print(json.dumps(${expression}))`,
    'except Refused as no:',
    "    print(json.dumps({'refused': no.code, 'detail': no.detail}))",
  ].join('\n');
  const env = { ...process.env, PYTHONPATH: MODULES, PYTHONDONTWRITEBYTECODE: '1' };
  return JSON.parse((await run('python3', ['-c', program, ...words], { env })).stdout);
};
