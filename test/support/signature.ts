import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const SECRET = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'for-tests-only', region: 'eu-west-1' } as const;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Signature Version 4, computed a second time from what arrived on the wire. */
export const isSigned = (request: IncomingMessage, body: string): boolean => {
  const read = /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)/.exec(
    request.headers.authorization ?? '',
  );
  if (read === null) return false;
  const [, key = '', day = '', region = '', service = '', names = '', signature = ''] = read;
  const [path = '', search = ''] = (request.url ?? '').split('?');
  const canonical = [
    request.method,
    path.split('/').map(escaped).join('/'),
    search.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name])}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', String(request.headers['x-amz-date']), scope, sha256(canonical)].join('\n');
  const signing = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (derived, part) => hmac(derived, part),
    `AWS4${SECRET.secretAccessKey}`,
  );
  const expected = hmac(signing, toSign).toString('hex');
  return key === SECRET.accessKeyId && region === SECRET.region && service === 'execute-api' && signature === expected;
};
