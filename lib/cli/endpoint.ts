import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Api } from './api';
import { CliProblem, EXIT } from './problem';
import { signedSend } from './signed-send';

export interface EndpointOptions {
  readonly endpoint?: string | undefined;
  readonly stack: string;
}
type Env = Readonly<Record<string, string | undefined>>;

const regionIn = (endpoint: string): string | undefined =>
  /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(new URL(endpoint).hostname)?.[1];

const outputOfStack = async (stack: string, region: string | undefined): Promise<string> => {
  const cloudFormation = new CloudFormationClient(region === undefined ? {} : { region });
  const found = await cloudFormation
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((thrown: unknown) => {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      throw new CliProblem(
        EXIT.unreachable,
        'NoEndpoint',
        `The stack ${stack} could not be looked up to find Requorum (${detail}).`,
        'Give --endpoint or REQUORUM_ENDPOINT, or credentials and AWS_REGION of the account where it is deployed.',
        { cause: thrown },
      );
    })
    .finally(() => cloudFormation.destroy());
  const endpoint = found.Stacks?.[0]?.Outputs?.find((output) => output.OutputKey === 'Endpoint')?.OutputValue;
  if (endpoint !== undefined) return endpoint;
  throw new CliProblem(
    EXIT.unreachable,
    'NoEndpoint',
    `The stack ${stack} has no output \`Endpoint\`.`,
    'Name the stack that Requorum was deployed as: --stack NAME.',
  );
};

/** Where Requorum is: as told on the command line, else by REQUORUM_ENDPOINT, else the output of its stack. */
const findEndpoint = async ({ endpoint, stack }: EndpointOptions, env: Env): Promise<string> => {
  const given = endpoint ?? env['REQUORUM_ENDPOINT'] ?? '';
  if (given === '') return outputOfStack(stack, env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']);
  if (URL.canParse(given) && /^https?:\/\//.test(given)) return given;
  throw new CliProblem(
    EXIT.usage,
    'BadEndpoint',
    `\`${given}\` is no http(s) address.`,
    'Give the output `Endpoint` of the stack, for example https://abc123.execute-api.eu-west-1.amazonaws.com.',
  );
};

/** A signed way to Requorum, with the credentials that the AWS CLI would use. */
export const connect = async (options: EndpointOptions, env: Env): Promise<Api> => {
  const endpoint = await findEndpoint(options, env);
  const region = regionIn(endpoint) ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (region === undefined || region === '') {
    throw new CliProblem(
      EXIT.unreachable,
      'NoRegion',
      'The region to sign for is not known.',
      'Set AWS_REGION to the region where Requorum is deployed.',
    );
  }
  return new Api(signedSend({ endpoint, region, credentials: defaultProvider() }));
};
