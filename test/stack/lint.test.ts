import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { prepare } from '../../lab/prepare';
import { VPC, stackOf, templateOf } from '../support/template';

const run = promisify(execFile);

test('the template is clean for cfn-lint', async () => {
  const { cfnLint } = await prepare((says) => process.stderr.write(`${says}\n`));
  const directory = await mkdtemp(join(tmpdir(), 'requorum-lint-'));
  try {
    const file = join(directory, 'template.json');
    await writeFile(file, JSON.stringify(templateOf(stackOf()).toJSON()));
    // W3005: the CDK names dependencies that a reference implies already; every CDK stack has them.
    await expect(run(cfnLint, ['--ignore-checks', 'W3005', '--', file])).resolves.toMatchObject({ stdout: '' });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test.each([
  ['as it is in the example', {}],
  ['with a launch template', { launchTemplate: 'lt-0a' }],
  ['for an Auto Scaling group', { launchTemplate: 'lt-0a', autoScalingGroup: 'dkron-servers' }],
])('cdk-nag finds nothing that is not acknowledged with a reason, %s', (_, replacement) => {
  const isConfigured = Object.keys(replacement).length > 0;
  const stack = stackOf({ vpc: VPC, ...(isConfigured ? { replacement } : {}) });
  const app = stack.node.root as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});

test('cdk-nag would find something in a stack that has it', () => {
  const app = new App();
  new Bucket(new Stack(app, 'Other'), 'Open');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).toThrow(/[Vv]alidation/);
});
