import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { problemPage } from '../../lib/page/entry-pages';
import { RequorumError } from '../../lib/recovery/errors';
import { log } from '../adapters/log';
import { statusOf } from '../door/http';
import { DENIALS, type Denial } from './denied';

export const denialPage = async (context: Context, code: Denial) => {
  const { says, nextStep, status } = DENIALS[code];
  return context.html(await problemPage({ says, nextStep, code }), status);
};

export const unknownPage = async (context: Context) =>
  context.html(
    await problemPage({ says: 'There is nothing here.', nextStep: 'Look at the address again.', code: 'UnknownRoute' }),
    404,
  );

/** Every failure is a page with a sentence and a next step; details stay in the log. */
export const errorPage = async (thrown: Error, context: Context) => {
  const error = RequorumError.from(thrown);
  const status = statusOf(error.code);
  if (status >= 500) log.error(error.detail, error);
  const says = status >= 500 ? 'That did not work.' : error.detail;
  return context.html(
    await problemPage({ says, nextStep: error.nextStep, code: error.code }),
    status as ContentfulStatusCode,
  );
};
