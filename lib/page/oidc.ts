import * as z from 'zod';
import { SecretArn } from '../slack/settings';

/** An OpenID Connect provider of the organisation; everything else about it is found at its issuer (discovery). */
export const Oidc = z.strictObject({
  issuer: z.url({ protocol: /^https$/ }),
  clientId: z.string().min(1),
  /** Secret of a confidential client, as text; a public one has PKCE alone. */
  clientSecretArn: SecretArn.optional(),
});
export type Oidc = z.infer<typeof Oidc>;
