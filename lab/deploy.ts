import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { type Progress, ROOT, cacheDirectory, once } from './prepare';

const run = promisify(execFile);
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
/** Everything the synthesised app depends on besides its configuration. */
const SOURCES = ['bin', 'lib', 'lambdas', 'proto', 'package-lock.json', 'tsconfig.json', 'cdk.json'];
const STACK = 'Requorum';
const BOOTSTRAP = 'CDKToolkit';

/** The CDK app to deploy; tests of the lab itself bring a small one. */
export interface App {
  readonly command: string;
  readonly sources: readonly string[];
  readonly stack: string;
}
export const PRODUCT: App = { command: 'npx tsx bin/app.ts', sources: SOURCES, stack: STACK };

/** Bootstraps the local account, synthesises (once per content) and deploys with the CDK CLI. Returns the outputs. */
export async function deployApp(
  environment: Record<string, string>,
  config: string,
  progress: Progress,
  app: App = PRODUCT,
): Promise<Record<string, string>> {
  const client = new CloudFormationClient({
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  const [assembly] = await Promise.all([
    synthesise(environment, config, progress, app),
    bootstrap(client, environment),
  ]);
  progress(`deploying stack ${app.stack}`);
  const options = ['--app', assembly, '--require-approval', 'never', '--method', 'direct', '--progress', 'events'];
  await cdk(['deploy', app.stack, ...options], environment);
  const stack = await describe(client, app.stack);
  return Object.fromEntries((stack?.Outputs ?? []).map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']));
}

/** Labs share their network's ids, so one synthesised app often serves them all; it is kept by content. */
async function synthesise(
  environment: Record<string, string>,
  config: string,
  progress: Progress,
  app: App,
): Promise<string> {
  const content = await readFile(config, 'utf8').catch(() => '');
  const key = await fingerprint(
    app.sources.map((source) => join(ROOT, source)),
    `${app.command}\0${content}`,
  );
  const kept = join(cacheDirectory(), 'synth', key);
  await once(join(kept, 'manifest.json'), kept, async () => {
    progress('synthesising the CDK app');
    const made = `${kept}.${process.pid}`;
    const context = ['-c', `config=${config}`];
    await cdk(['synth', app.stack, '--quiet', '--app', app.command, '--output', made, ...context], environment);
    await rm(kept, { recursive: true, force: true });
    await rename(made, kept);
  });
  return kept;
}

/** What `cdk bootstrap` does, with its own template, without the seconds it spends on looking around. */
async function bootstrap(client: CloudFormationClient, environment: Record<string, string>): Promise<void> {
  if (await describe(client, BOOTSTRAP)) return;
  const version = createHash('sha256').update(await readFile(join(ROOT, 'node_modules/aws-cdk/package.json')));
  const template = join(cacheDirectory(), `bootstrap-${version.digest('hex').slice(0, 12)}.yaml`);
  await once(template, template, async () => {
    const made = `${template}.${process.pid}`;
    await writeFile(made, await cdk(['bootstrap', '--show-template'], environment));
    await rename(made, template);
  });
  await client.send(
    new CreateStackCommand({
      StackName: BOOTSTRAP,
      TemplateBody: await readFile(template, 'utf8'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: [
        {
          ParameterKey: 'CloudFormationExecutionPolicies',
          ParameterValue: 'arn:aws:iam::aws:policy/AdministratorAccess',
        },
        { ParameterKey: 'FileAssetsBucketKmsKeyId', ParameterValue: 'AWS_MANAGED_KEY' },
      ],
    }),
  );
  for (;;) {
    const status = (await describe(client, BOOTSTRAP))?.StackStatus ?? 'missing';
    if (status === 'CREATE_COMPLETE') return;
    if (status !== 'CREATE_IN_PROGRESS') throw new Error(`the bootstrap stack ended as ${status}`);
    await sleep(100);
  }
}

async function describe(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
  } catch (thrown) {
    if (thrown instanceof Error && thrown.message.includes('does not exist')) return undefined;
    throw thrown;
  }
}

async function cdk(argv: readonly string[], environment: Record<string, string>): Promise<string> {
  try {
    const quiet = ['--no-color', '--no-notices', '--no-version-reporting'];
    const { stdout } = await run(process.execPath, [CDK, ...argv, ...quiet], {
      cwd: ROOT,
      env: { ...process.env, ...environment, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', NODE_OPTIONS: '' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (thrown) {
    const said = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr) : String(thrown);
    throw new Error(`cdk ${argv[0]} failed: ${said.slice(-4000)}`, { cause: thrown });
  }
}

async function fingerprint(paths: readonly string[], command: string): Promise<string> {
  const hash = createHash('sha256').update(command);
  const add = async (path: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
    if (entries === null) {
      const text = await readFile(path).catch(() => '');
      hash.update(path).update('\0').update(text);
      return;
    }
    const names = entries
      .map((entry) => entry.name)
      .filter((name) => name !== '__pycache__' && name !== 'node_modules');
    for (const name of names.sort()) await add(join(path, name));
  };
  for (const path of paths) await add(path);
  return hash.digest('hex').slice(0, 16);
}
