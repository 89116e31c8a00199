import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

interface Asked {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
  readonly mail: string;
}

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * A small OpenID Connect provider: authorization code with PKCE, ID tokens signed with ES256. Whoever comes says who they
 * are. `lies` makes the next ID token wrong in one way, as no honest provider would.
 */
export class Issuer {
  lies: { readonly nonce?: string; readonly email_verified?: boolean; readonly aud?: string; readonly forged?: true } =
    {};
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly strange = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly codes = new Map<string, Asked>();

  /** `secret` makes its clients confidential: who comes for a token has to have it, in the way that is told. */
  secret: { readonly value: string; readonly method: 'client_secret_basic' | 'client_secret_post' } | null = null;

  constructor(readonly url: string) {}

  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(this.metadata());
      case '/jwks':
        return json({
          keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'lab', alg: 'ES256', use: 'sig' }],
        });
      case '/authorize':
        return this.authorize(url);
      case '/token':
        return this.token(new URLSearchParams(await request.text()), request.headers.get('authorization'));
      default:
        return json({ error: 'not_found' }, 404);
    }
  }

  private metadata() {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
      ...(this.secret ? { token_endpoint_auth_methods_supported: [this.secret.method] } : {}),
    };
  }

  /** Without `mail` a form that asks for it; with it, back to who asked. */
  private authorize({ searchParams: asked }: URL): Response {
    const mail = asked.get('mail');
    if (mail === null) {
      const kept = [...asked].map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
      const form = `<form>${kept.join('')}<input name="mail" id="mail"><button id="go">Sign in</button></form>`;
      return new Response(`<!doctype html><title>Issuer</title>${form}`, { headers: { 'content-type': 'text/html' } });
    }
    const of = (name: string): string => asked.get(name) ?? '';
    const back = new URL(of('redirect_uri'));
    const code = randomBytes(16).toString('hex');
    this.codes.set(code, {
      clientId: of('client_id'),
      redirectUri: of('redirect_uri'),
      challenge: of('code_challenge'),
      nonce: of('nonce'),
      mail,
    });
    back.searchParams.set('code', code);
    back.searchParams.set('state', of('state'));
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  /** A code is good once, for who asked for it, and with the verifier of its challenge. */
  private token(sent: URLSearchParams, authorization: string | null): Response {
    if (!this.isClient(sent, authorization)) return json({ error: 'invalid_client' }, 401);
    const code = sent.get('code') ?? '';
    const asked = this.codes.get(code);
    this.codes.delete(code);
    const challenge = createHash('sha256')
      .update(sent.get('code_verifier') ?? '')
      .digest('base64url');
    if (asked?.challenge !== challenge || asked.redirectUri !== sent.get('redirect_uri')) {
      return json({ error: 'invalid_grant' }, 400);
    }
    return json({ access_token: randomBytes(16).toString('hex'), token_type: 'Bearer', id_token: this.idToken(asked) });
  }

  private isClient(sent: URLSearchParams, authorization: string | null): boolean {
    if (this.secret === null) return true;
    const { value, method } = this.secret;
    if (method === 'client_secret_post') return sent.get('client_secret') === value;
    const [, told = ''] = Buffer.from(authorization?.split(' ')[1] ?? '', 'base64')
      .toString()
      .split(':');
    return decodeURIComponent(told.replaceAll('+', ' ')) === value;
  }

  private idToken({ clientId, nonce, mail }: Asked): string {
    const { forged, ...lies } = this.lies;
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...{
        iss: this.url,
        sub: createHash('sha256').update(mail).digest('hex'),
        aud: clientId,
        iat: now,
        exp: now + 300,
      },
      ...{ nonce, email: mail, email_verified: true },
      ...lies,
    };
    const text = `${part({ alg: 'ES256', kid: 'lab', typ: 'JWT' })}.${part(claims)}`;
    const key = forged ? this.strange.privateKey : this.keys.privateKey;
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }
}
