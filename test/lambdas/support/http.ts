import { route } from '../../../lambdas/door/routes';
import type { WorkingDay } from '../../support/working-day';

export const ANN = 'arn:aws:iam::000000000000:user/ann';
export const BOB = 'arn:aws:iam::000000000000:user/bob';

export interface Ask {
  /** @default ann; null: nobody signed the request */
  readonly who?: string | null;
  readonly body?: unknown;
  readonly query?: string;
}

/** A request at the door, as API Gateway hands it over: bodies come base64-encoded at will (facts/aws). */
export const askDoor = async (
  day: WorkingDay,
  method: string,
  rawPath: string,
  { who = ANN, body, query = '' }: Ask = {},
) => {
  const answer = await route(day.door, {
    rawPath,
    rawQueryString: query,
    body: body === undefined ? null : Buffer.from(JSON.stringify(body)).toString('base64'),
    isBase64Encoded: true,
    requestContext: {
      stage: '$default',
      http: { method },
      authorizer: who === null ? null : { iam: { userArn: who } },
    },
  });
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, never> & { says?: string } };
};
