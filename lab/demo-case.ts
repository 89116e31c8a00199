import { GetObjectCommand } from '@aws-sdk/client-s3';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../lib/cli/api';
import { reportKey } from '../lib/cli/show-report';
import type { Report } from '../lib/recovery/report';
import type { Lab } from './lab';
import { ROOT } from './prepare';

const OPEN_SECONDS = 30;

/** The id of the case that an alarm has just opened; EventBridge names the execution, so nobody knows it before. */
export async function caseOpenedByAlarm(api: Api, cluster: string): Promise<string> {
  for (const end = Date.now() + OPEN_SECONDS * 1000; Date.now() < end; await sleep(200)) {
    const { openCase } = await api.cluster(cluster);
    if (openCase !== null) return openCase;
  }
  throw new Error(`the alarm opened no case within ${OPEN_SECONDS} s; the log of the clerk function says why`);
}

/** Both forms of the report, out of the bucket and onto this machine; gives the path of the Markdown. */
export async function saveReport(lab: Lab, report: Report): Promise<string> {
  const directory = join(ROOT, '.lab', 'reports');
  await mkdir(directory, { recursive: true });
  const key = reportKey(report);
  const markdown = join(directory, `${report.caseId}.md`);
  for (const [from, to] of [
    [key, markdown],
    [key.replace(/\.md$/, '.json'), markdown.replace(/\.md$/, '.json')],
  ] as const) {
    const { Body } = await lab.clients().s3.send(new GetObjectCommand({ Bucket: lab.outputs.Bucket, Key: from }));
    await writeFile(to, (await Body?.transformToString()) ?? '');
  }
  return markdown;
}
