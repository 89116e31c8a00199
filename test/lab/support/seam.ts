import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ListFunctionsCommand, LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { type Lab } from '../../../lab/lab';
import { ROOT } from '../../../lab/prepare';

/**
 * Switches a rule of safety off in the deployed stack of a lab: one function is bundled again with one module replaced
 * (ADR 0006). The product itself has no such switch.
 */
export async function installSeam(
  lab: Lab,
  power: 'clerk' | 'fence',
  replaced: Readonly<Record<string, string>>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'seam-'));
  const seams = join(ROOT, 'test', 'lab', 'seams');
  const targets = new Map(Object.entries(replaced).map(([path, by]) => [resolve(ROOT, path), join(seams, by)]));
  const hit = new Set<string>();
  try {
    await build({
      entryPoints: [join(ROOT, 'lambdas', power, 'handler.ts')],
      outfile: join(directory, 'index.js'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      plugins: [
        {
          name: 'seam',
          setup(esbuild) {
            esbuild.onResolve({ filter: /^\./ }, ({ path, resolveDir, importer }) => {
              const wanted = resolve(resolveDir, `${path}.ts`);
              const by = targets.get(wanted);
              if (by === undefined || dirname(importer) === seams) return null;
              hit.add(wanted);
              return { path: by };
            });
          },
        },
      ],
    });
    const idle = [...targets.keys()].filter((path) => !hit.has(path));
    if (idle.length > 0)
      throw new Error(`nothing in ${power} imports ${idle.join(', ')}: the seam would change nothing`);
    execFileSync('python3', ['-m', 'zipfile', '-c', join(directory, 'code.zip'), join(directory, 'index.js')]);
    await put(lab, power, await readFile(join(directory, 'code.zip')));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function put(lab: Lab, power: string, ZipFile: Buffer): Promise<void> {
  const env = lab.env();
  const lambda = new LambdaClient({
    endpoint: env.AWS_ENDPOINT_URL,
    region: env.AWS_REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Functions } = await lambda.send(new ListFunctionsCommand({}));
  const found = (Functions ?? []).filter(({ FunctionName }) => FunctionName?.toLowerCase().includes(power));
  if (found.length !== 1) throw new Error(`${found.length} functions are named like ${power}`);
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: found[0]?.FunctionName, ZipFile }));
}
