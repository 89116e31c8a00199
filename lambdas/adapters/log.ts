import { Logger } from '@aws-lambda-powertools/logger';

/** One JSON log for all functions; the edge puts case, phase and action on every line. Level: POWERTOOLS_LOG_LEVEL. */
export const log = new Logger({ serviceName: 'requorum' });
