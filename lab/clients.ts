import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { About } from './launcher';

export const REGION = 'us-east-1';

/** SDK clients on a lab. Each call makes a new set; `destroy` them or let the process end. */
export function clientsOf({ port }: About) {
  const to = {
    endpoint: `http://127.0.0.1:${port}`,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  return {
    autoScaling: new AutoScalingClient(to),
    cloudFormation: new CloudFormationClient(to),
    cloudWatch: new CloudWatchClient(to),
    dynamoDb: new DynamoDBClient(to),
    ec2: new EC2Client(to),
    s3: new S3Client({ ...to, forcePathStyle: true }),
    sfn: new SFNClient(to),
    ssm: new SSMClient(to),
  };
}
