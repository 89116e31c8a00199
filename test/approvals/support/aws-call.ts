import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Lab } from '../../../lab/lab';

/** One call of an AWS API that speaks JSON, signed as the lab's root user: for services of which one verb is needed. */
export async function awsCall(lab: Lab, service: string, target: string, input: object): Promise<unknown> {
  const env = lab.env();
  const url = new URL(env.AWS_ENDPOINT_URL ?? '');
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' };
  const signer = new SignatureV4({ credentials, region: env.AWS_REGION ?? '', service, sha256: Sha256 });
  const body = JSON.stringify(input);
  const signed = await signer.sign({
    ...{ method: 'POST', protocol: url.protocol, hostname: url.hostname, port: Number(url.port), path: '/', query: {} },
    headers: { host: url.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body,
  });
  const answer = await fetch(url, { method: 'POST', headers: signed.headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${target} answered ${answer.status}: ${text.slice(0, 300)}`);
  return text === '' ? {} : (JSON.parse(text) as unknown);
}
