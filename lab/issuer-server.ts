import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Issuer } from './issuer';
import { selfSigned } from './page-front';

export interface IssuerServer {
  readonly issuer: Issuer;
  /** Who is to trust the issuer gets this as NODE_EXTRA_CA_CERTS, before it starts. */
  readonly certificateFile: string;
  close(): Promise<void>;
}

/** An issuer over TLS on loopback, with a certificate of its own. */
export async function startIssuer(): Promise<IssuerServer> {
  const { key, certificate, certificateFile, remove } = await selfSigned('localhost');
  let issuer = new Issuer('');
  const server = createServer({ key, cert: certificate }, (asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('end', () => {
      const { method = 'GET', url = '/' } = asked;
      const body = method === 'POST' ? Buffer.concat(chunks).toString('utf8') : null;
      void issuer.answer(new Request(`${issuer.url}${url}`, { method, body })).then(async (said) => {
        answer.writeHead(said.status, Object.fromEntries(said.headers));
        answer.end(await said.text());
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  issuer = new Issuer(`https://localhost:${(server.address() as AddressInfo).port}`);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await remove();
  };
  return { issuer, certificateFile, close };
}
