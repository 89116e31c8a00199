import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { documentContent } from '../../../lib/documents/documents';
import type { DocumentName } from '../../../lib/documents/documents';
import type { BenchHost } from './bench';

export const CASE = 'bench-20261125T000000Z-1';
/** Far away and fixed: no test depends on today. */
export const IN_TIME = '2999-01-01T00:00:00.000Z';

/** What a document ended with. */
export interface Answer {
  readonly exitCode: number;
  readonly line: string;
  readonly result: unknown;
}

/** Fields every guarded order has; tests override what they are about. */
export function guarded(host: BenchHost): Record<string, unknown> {
  return {
    deadline: IN_TIME,
    dataDir: host.dataDir,
    manager: host.manager ?? { kind: 'supervisor', socket: `${host.directory}/supervisor.sock`, unit: 'dkron' },
    nodeName: host.nodeName,
    http: host.http,
  };
}

export function peersOf(...hosts: readonly BenchHost[]): { readonly text: string; readonly sha256: string } {
  const listed = hosts.map((host) => ({ id: host.nodeName, address: `${host.address}:6868`, non_voter: false }));
  const text = JSON.stringify(listed);
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

export function holdOrder(host: BenchHost, ...others: readonly BenchHost[]): Record<string, unknown> {
  const peers = peersOf(host, ...others);
  const address = `${host.address}:6868`;
  return { ...guarded(host), role: 'survivor', address, peersJson: peers.text, peersSha256: peers.sha256 };
}

export function releaseOrder(host: BenchHost): Record<string, unknown> {
  const address = `${host.address}:6868`;
  return { ...guarded(host), address, peersSha256: peersOf(host).sha256, joinOverride: [`${host.address}:8946`] };
}

/** Let in with an empty data-dir; `heldBy`: the closed case that holds it so far. */
export function cleanOrder(host: BenchHost, heldBy: string | null = null): Record<string, unknown> {
  const address = `${host.address}:6868`;
  return { ...guarded(host), role: 'clean', heldBy, address, peersJson: null, peersSha256: null };
}

export function letInOrder(host: BenchHost, ...others: readonly BenchHost[]): Record<string, unknown> {
  const joinOverride = [host, ...others].map(({ address }) => `${address}:8946`);
  return { ...guarded(host), address: `${host.address}:6868`, peersSha256: null, joinOverride, clean: true };
}

export function hintsOf(host: BenchHost): Record<string, unknown> {
  const socket = `${host.directory}/supervisor.sock`;
  return { hints: { 'service-manager': 'supervisor', 'supervisor-socket': socket, unit: 'dkron' } };
}

export interface SendOptions {
  readonly caseId?: string;
  readonly counter?: number;
  /** Whom the orders name, when it is not the host that runs them. */
  readonly named?: string;
  readonly path?: string;
  /** The script as a test wants it: a rule switched off, or an end in the middle. */
  readonly changed?: (script: string) => string;
}

/** Runs a document as the agent does: the step's lines as a shell script, the host's id in the environment. */
export async function send(
  name: DocumentName,
  host: BenchHost,
  order: Record<string, unknown>,
  options: SendOptions = {},
): Promise<Answer> {
  const orders = {
    caseId: options.caseId ?? CASE,
    counter: options.counter ?? 7,
    hosts: { [options.named ?? host.instanceId]: order },
  };
  const script = (options.changed ?? String)(scriptOf(name));
  const text = script.replace('{{ Orders }}', Buffer.from(JSON.stringify(orders)).toString('base64'));
  const env = { PATH: options.path ?? process.env.PATH ?? '', AWS_SSM_INSTANCE_ID: host.instanceId };
  const [command = '', ...words] = [...(host.enter ?? []), '/bin/sh', '-c', text];
  const child = spawn(command, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (out += data.toString()));
  const [exitCode] = (await once(child, 'close')) as [number];
  const lines = out.split('\n').filter((line) => line.startsWith('REQUORUM-RESULT '));
  const line = lines[0] ?? '';
  if (lines.length !== 1) throw new Error(`${name}: ${lines.length} result lines in: ${out}`);
  return { exitCode, line, result: JSON.parse(line.slice('REQUORUM-RESULT '.length)) };
}

export function scriptOf(name: DocumentName): string {
  const content = documentContent(name) as { mainSteps: [{ inputs: { runCommand: readonly string[] } }] };
  return content.mainSteps[0].inputs.runCommand.join('\n') + '\n';
}
