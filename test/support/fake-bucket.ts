import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { GetObjectCommandInput, ListObjectsV2CommandInput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

/** S3 as far as evidence uses it: text under keys; a key that is not there is NoSuchKey. */
export class FakeBucket {
  readonly texts = new Map<string, string>();
  private readonly s3 = mockClient(S3Client);

  constructor() {
    this.s3.on(PutObjectCommand).callsFake((input: PutObjectCommandInput) => {
      if (typeof input.Body !== 'string') throw new Error('evidence writes text');
      this.texts.set(input.Key ?? '', input.Body);
      return {};
    });
    this.s3.on(GetObjectCommand).callsFake((input: GetObjectCommandInput) => {
      const text = this.texts.get(input.Key ?? '');
      if (text === undefined) throw Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
      return { Body: { transformToString: () => Promise.resolve(text) } };
    });
    this.s3.on(ListObjectsV2Command).callsFake(({ Prefix = '' }: ListObjectsV2CommandInput) => ({
      Contents: [...this.texts.keys()].filter((Key) => Key.startsWith(Prefix)).map((Key) => ({ Key })),
    }));
  }

  json(key: string): unknown {
    const text = this.texts.get(key);
    if (text === undefined) throw new Error(`nothing lies under ${key}; there is ${[...this.texts.keys()].join(', ')}`);
    return JSON.parse(text);
  }

  restore(): void {
    this.s3.restore();
  }
}
