import * as z from 'zod';
import type { ErrorCode } from '../../lib/recovery/errors';
import { ERROR_TABLE, RequorumError } from '../../lib/recovery/errors';

/** The part of API Gateway's event (payload format 2.0) that the door reads. */
export const HttpEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().default(''),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    stage: z.string().default('$default'),
    /** The name that this API was reached by. */
    domainName: z.string().optional(),
    http: z.object({ method: z.string() }),
    authorizer: z.object({ iam: z.object({ userArn: z.string().min(1) }).nullish() }).nullish(),
  }),
});
export type HttpEvent = z.infer<typeof HttpEvent>;

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Every refusal has the same three fields. */
export const refuse = (status: number, error: string, says: string, nextStep: string): Reply => ({
  status,
  body: { error, says, nextStep },
});

const STATUS: Partial<Record<ErrorCode, number>> = {
  BadInput: 400,
  UnknownCluster: 404,
  UnknownCase: 404,
  UnknownGate: 404,
  LeaseLost: 409,
  StoreUnavailable: 503,
};

export const statusOf = (code: ErrorCode): number => STATUS[code] ?? 500;

export const refuseError = ({ code, detail }: RequorumError): Reply =>
  refuse(statusOf(code), code, `${ERROR_TABLE[code].means}: ${detail}`, ERROR_TABLE[code].nextStep);

/** Lambda hands out at most 6 MB; below that with room for the envelope. */
const MAX_BYTES = 5 * 1024 * 1024;

export const httpAnswer = ({ status, body }: Reply): HttpAnswer => {
  const text = JSON.stringify(body);
  if (Buffer.byteLength(text) > MAX_BYTES) {
    const says = 'the answer is larger than 5 MB';
    return httpAnswer(refuse(500, 'TooLarge', says, 'read the report in the evidence bucket'));
  }
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  return { statusCode: status, headers, body: text };
};

/** Bodies arrive base64-encoded at will (facts/aws, "HTTP API"); an empty one is an empty object. */
const textOf = ({ body, isBase64Encoded }: HttpEvent): string => {
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');
  return text.trim() === '' ? '{}' : text;
};

/** @throws RequorumError BadInput naming the field */
export const bodyOf = <S extends z.ZodType>(event: HttpEvent, schema: S): z.output<S> => {
  const json = (() => {
    try {
      return JSON.parse(textOf(event)) as unknown;
    } catch {
      throw new RequorumError('BadInput', 'the body is not JSON');
    }
  })();
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RequorumError('BadInput', `${issue?.path.map(String).join('.') || 'body'}: ${issue?.message}`);
};
