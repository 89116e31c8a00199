import { Sha256 } from '@aws-crypto/sha256-js';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { RequorumError } from '../../lib/recovery/errors';

const credentials = defaultProvider();

interface Post {
  /** Name of the service in endpoints and signatures. */
  readonly service: 'lambda' | 'secretsmanager' | 'sns';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutSeconds: number;
}

/** The two variables that every AWS client reads; their names are not ours. */
const endpointOf = (service: string, region: string): URL =>
  new URL(process.env['AWS_ENDPOINT_URL'] ?? `https://${service}.${region}.amazonaws.com`);

/**
 * One signed POST to AWS, for the calls that need no client of their own (Lambda's Invoke, SNS's Publish, a secret).
 * @throws RequorumError Unexpected when it is refused or does not answer in time
 */
export const signedPost = async ({ service, path, headers, body, timeoutSeconds }: Post) => {
  const region = process.env['AWS_REGION'] ?? 'us-east-1';
  const { protocol, hostname, port, host } = endpointOf(service, region);
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path,
    query: {},
    headers: { ...headers, host },
    body,
  });
  const answer = await fetch(`${protocol}//${host}${path}`, {
    method: 'POST',
    headers: signed.headers,
    body,
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new RequorumError('Unexpected', `${service} answered ${answer.status}: ${text.slice(0, 500)}`);
  return { text, headers: answer.headers };
};
