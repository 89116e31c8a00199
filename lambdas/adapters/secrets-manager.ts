import * as z from 'zod';
import { RequorumError } from '../../lib/recovery/errors';
import { systemClock, type Clock } from './clock';
import { signedPost } from './signed-post';

/** A new secret is heard of after so long. */
const KEPT_SECONDS = 300;
/** Slack waits three seconds for everything together. */
const TIMEOUT_SECONDS = 1.5;
const Answer = z.object({ SecretString: z.string().min(1) });

const kept = new Map<string, { readonly value: Promise<string>; readonly until: number }>();

/**
 * A secret by its ARN. It is in no log and in no error: neither is made from what Secrets Manager answered.
 * @throws RequorumError Unexpected
 */
export const secretOf = async (arn: string, clock: Clock = systemClock): Promise<string> => {
  const now = clock.now().getTime();
  const known = kept.get(arn);
  if (known && now < known.until) return known.value;
  const value = read(arn);
  kept.set(arn, { value, until: now + KEPT_SECONDS * 1000 });
  value.catch(() => kept.delete(arn));
  return value;
};

/** What was kept belongs to one process and its settings; tests begin anew. */
export const forgetSecrets = (): void => kept.clear();

const read = async (arn: string): Promise<string> => {
  const { text } = await signedPost({
    service: 'secretsmanager',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: arn }),
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const read = Answer.safeParse(jsonOf(text));
  if (!read.success) throw new RequorumError('Unexpected', `secret ${arn} holds no text`);
  return read.data.SecretString;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
