import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from '../lib/config';
import { RequorumStack } from '../lib/requorum-stack';

const app = new App();
const path: unknown = app.node.tryGetContext('config') ?? 'requorum.yaml';
new RequorumStack(app, 'Requorum', loadConfig(String(path)));
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
