import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { CliProblem, EXIT } from './problem';

export interface DoorRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
export interface DoorAnswer {
  readonly status: number;
  readonly body: unknown;
}
type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];
export type Send = (request: DoorRequest) => Promise<DoorAnswer>;

/** An HTTP API answers within 30 s or not at all. */
const PATIENCE_MS = 31_000;

const parsed = (text: string): unknown => {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
};

const unreachable = (endpoint: string, thrown: unknown): CliProblem => {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const detail = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new CliProblem(
    EXIT.unreachable,
    'Unreachable',
    `Requorum does not answer at ${endpoint} (${detail}).`,
    'Check --endpoint or REQUORUM_ENDPOINT, and that this machine may reach it.',
    { cause: thrown },
  );
};

const noCredentials = (thrown: unknown): CliProblem =>
  new CliProblem(
    EXIT.unreachable,
    'NoCredentials',
    'No AWS credentials were found.',
    'Set AWS_PROFILE or run `aws sso login`; then try again.',
    { cause: thrown },
  );

/** The one way to the door: HTTP signed for execute-api. Whoever signs is the person who opens, approves or aborts. */
export const signedSend = (options: {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}): Send => {
  const base = options.endpoint.replace(/\/+$/, '');
  const signer = new SignatureV4({
    service: 'execute-api',
    region: options.region,
    credentials: options.credentials,
    sha256: Sha256,
  });
  return async ({ method, path, query = {}, body }) => {
    const search = new URLSearchParams(query).toString();
    // Sign what is sent: the path as URL writes it (`$default` stays as it is), not as it was put together.
    const url = new URL(`${base}${path}${search === '' ? '' : `?${search}`}`);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const signed = await signer
      .sign({
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: { ...query },
        headers: { host: url.host, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
        body: text,
      })
      .catch((thrown: unknown) => {
        throw noCredentials(thrown);
      });
    const { host: _host, ...headers } = signed.headers;
    try {
      const answer = await fetch(url, { method, headers, body: text, signal: AbortSignal.timeout(PATIENCE_MS) });
      return { status: answer.status, body: parsed(await answer.text()) };
    } catch (thrown) {
      throw unreachable(base, thrown);
    }
  };
};
