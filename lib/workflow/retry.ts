import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/** A named way to try again: `attempts` retries after the first call, each wait `rate` times the one before. */
export interface RetryPolicy {
  readonly errors: readonly string[];
  readonly intervalSeconds: number;
  readonly rate: number;
  readonly attempts: number;
}

/** Lambda's own trouble, before or instead of our code: always safe to repeat, since every action is idempotent. */
export const LAMBDA_SERVICE_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
] as const;

/** Waits 1 + 2 + 4 + 8 + 16 = 31 s at most, then gives up. */
export const SERVICE: RetryPolicy = { errors: LAMBDA_SERVICE_ERRORS, intervalSeconds: 1, rate: 2, attempts: 5 };

/**
 * For the steps that must not be lost: putting back, and closing the case. Any error counts.
 * Waits 2 + 4 + 8 + 16 + 32 = 62 s at most, then the janitor has to take over.
 */
export const LAST_WORD: RetryPolicy = { errors: [Errors.ALL], intervalSeconds: 2, rate: 2, attempts: 5 };

/** The longest time a policy spends waiting, in seconds; full jitter only makes it shorter. */
export const longestWait = ({ intervalSeconds, rate, attempts }: RetryPolicy): number =>
  Array.from({ length: attempts }, (_, k) => intervalSeconds * rate ** k).reduce((sum, wait) => sum + wait, 0);

export const asRetryProps = ({ errors, intervalSeconds, rate, attempts }: RetryPolicy): RetryProps => ({
  errors: [...errors],
  interval: Duration.seconds(intervalSeconds),
  backoffRate: rate,
  maxAttempts: attempts,
  jitterStrategy: JitterType.FULL,
});
