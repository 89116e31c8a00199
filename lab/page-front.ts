import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from './lab';

const run = promisify(execFile);

/** The API of a lab over TLS, under the name that API Gateway would give it. */
export interface PageFront {
  /** As the links of the page have it. */
  readonly origin: string;
  readonly host: string;
  /** Where this name leads to on this machine. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * The emulator serves an API without TLS, and takes the first part of a path under its host name for a stage; a browser keeps
 * `__Host-` cookies over TLS alone.
 */
export async function frontOf(lab: Lab): Promise<PageFront> {
  const id = /^https?:\/\/([a-z0-9]+)\./.exec(lab.outputs.Endpoint ?? '')?.[1] ?? '';
  const host = `${id}.execute-api.localhost`;
  const { key, certificate, remove } = await selfSigned(host);
  const server = createServer({ key, cert: certificate }, (asked, answer) => {
    const { port } = lab.about;
    const { method, url, headers } = asked;
    const path = `/_aws/execute-api/${id}/$default${url ?? '/'}`;
    const onward = forward({ host: '127.0.0.1', port, method, path, headers: { ...headers, host } }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.rawHeaders);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.writeHead(502).end());
    asked.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await remove();
  };
  return { origin: `https://${host}`, host, port, close };
}

/** A certificate that lives as long as the front, and that nobody else trusts. */
export async function selfSigned(host: string) {
  const directory = await mkdtemp(join(tmpdir(), 'requorum-tls-'));
  const [keyFile, certificateFile] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const names = `subjectAltName=DNS:${host},DNS:localhost,IP:127.0.0.1`;
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${host}`, '-addext', names, '-keyout', keyFile, '-out', certificateFile],
  ]);
  const [key, certificate] = await Promise.all([readFile(keyFile), readFile(certificateFile)]);
  return { key, certificate, certificateFile, remove: () => rm(directory, { recursive: true, force: true }) };
}
