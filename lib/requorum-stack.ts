import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from './config';
import { Requorum } from './requorum';

/** Requorum as a stack of its own. */
export class RequorumStack extends Stack {
  constructor(scope: Construct, id: string, config: Config, props?: StackProps) {
    super(scope, id, { description: 'Brings Dkron clusters back from an outage', ...props });
    new Requorum(this, 'Requorum', config);
  }
}
