import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { Api } from '../lib/cli/api';
import { signedSend } from '../lib/cli/signed-send';
import type { Lab } from './lab';

/** What a person needs to speak to Requorum, and nothing else. */
const MAY_SPEAK = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
});

export interface LabPerson {
  readonly who: string;
  readonly api: Api;
}

/** An IAM user of the lab, with keys of their own: who answers is somebody else than the root user. */
export async function personOf(lab: Lab, name: string): Promise<LabPerson> {
  const made = await iam(lab, { Action: 'CreateUser', UserName: name });
  await iam(lab, { Action: 'PutUserPolicy', UserName: name, PolicyName: 'speak', PolicyDocument: MAY_SPEAK });
  const keys = await iam(lab, { Action: 'CreateAccessKey', UserName: name });
  const credentials = { accessKeyId: inside(keys, 'AccessKeyId'), secretAccessKey: inside(keys, 'SecretAccessKey') };
  const { REQUORUM_ENDPOINT: endpoint = '', AWS_REGION: region = '' } = lab.env();
  return { who: inside(made, 'Arn'), api: new Api(signedSend({ endpoint, region, credentials })) };
}

const inside = (xml: string, tag: string): string => {
  const found = new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)?.[1];
  if (found === undefined) throw new Error(`no ${tag} in ${xml.slice(0, 300)}`);
  return found;
};

/** IAM speaks its own query protocol; three calls are no reason for one more SDK client. */
async function iam(lab: Lab, fields: Readonly<Record<string, string>>): Promise<string> {
  const env = lab.env();
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' };
  const signer = new SignatureV4({ service: 'iam', region: env.AWS_REGION ?? '', credentials, sha256: Sha256 });
  const url = new URL(env.AWS_ENDPOINT_URL ?? '');
  const body = new URLSearchParams({ Version: '2010-05-08', ...fields }).toString();
  const headers = { host: url.host, 'content-type': 'application/x-www-form-urlencoded' };
  const signed = await signer.sign({
    ...{ method: 'POST', protocol: url.protocol, hostname: url.hostname, path: '/', query: {}, headers, body },
  });
  const answer = await fetch(url, { method: 'POST', headers: signed.headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${fields.Action}: ${text.slice(0, 300)}`);
  return text;
}
