import { GetObjectCommand, PutObjectCommand, S3Client, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { RequorumError } from '../../lib/recovery/errors';
import { readItem } from './read-item';

const client = new S3Client({});

/** The evidence bucket: everything that is too large for the machine's item, and every report. */
export const evidence = (bucket: string) => {
  const putText = async (key: string, text: string, contentType: string): Promise<void> => {
    try {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: `${contentType}; charset=utf-8` }),
      );
    } catch (thrown) {
      throw new RequorumError('StoreUnavailable', `writing ${key}: ${String(thrown)}`, { cause: thrown });
    }
  };

  const text = async (key: string): Promise<string | null> => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToString('utf-8')) ?? null;
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === 'NoSuchKey') return null;
      throw new RequorumError('StoreUnavailable', `reading ${key}: ${String(thrown)}`, { cause: thrown });
    }
  };

  const list = async (prefix: string): Promise<string[]> => {
    const found: string[] = [];
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        found.push(...Contents.flatMap(({ Key }) => Key ?? []));
      }
      return found;
    } catch (thrown) {
      throw new RequorumError('StoreUnavailable', `listing ${prefix}: ${String(thrown)}`, { cause: thrown });
    }
  };

  return {
    text,
    putText,
    /** Keys that begin so, in their own order. */
    list,
    putJson: (key: string, value: unknown): Promise<void> => putText(key, JSON.stringify(value), 'application/json'),

    /** Null when there is nothing under that key. */
    json: async <S extends z.ZodType>(key: string, schema: S): Promise<z.output<S> | null> => {
      const found = await text(key);
      return found === null ? null : readItem(schema, JSON.parse(found), key);
    },
  };
};
export type Evidence = ReturnType<typeof evidence>;

/** Where things lie in the bucket. */
export const keys = {
  survey: (caseId: string, n: number) => `cases/${caseId}/survey-${n}.json`,
  planning: (caseId: string, n: number) => `cases/${caseId}/planning-${n}.json`,
  holds: (caseId: string) => `cases/${caseId}/holds.json`,
  fences: (caseId: string) => `cases/${caseId}/fences.json`,
  check: (caseId: string) => `cases/${caseId}/check.json`,
  releases: (caseId: string) => `cases/${caseId}/releases.json`,
  removals: (caseId: string, n: number) => `cases/${caseId}/removals-${n}.json`,
  verify: (caseId: string, n: number) => `cases/${caseId}/verify-${n}.json`,
  audit: (caseId: string | null, name: string) => `audit/${caseId ?? 'nobody'}/${name}`,
  plan: (planId: string) => `plans/${planId}.json`,
  report: (cluster: string, caseId: string, form: 'json' | 'md') => `reports/${cluster}/${caseId}.${form}`,
} as const;
