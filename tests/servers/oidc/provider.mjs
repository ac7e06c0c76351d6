// A real sign-in service on loopback, over TLS, with one person who may sign in under any password.
// Arguments: certificate, key, lifetime of access tokens in seconds. Prints a line of JSON for each event.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const [certificate, key, lifetime] = process.argv.slice(2);
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });

server.listen(0, '127.0.0.1', () => {
  const issuer = `https://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'lumen',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: ['http://127.0.0.1/signed-in'],
      },
      {
        client_id: 'lumen gate:way',
        client_secret: 'a secret/with + signs & more than thirty letters',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
    cookies: { keys: ['only for tests'] },
    features: { clientCredentials: { enabled: true }, revocation: { enabled: true } },
    rotateRefreshToken: true,
    ttl: { AccessToken: Number(lifetime), ClientCredentials: Number(lifetime) },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: 'Dr. Reader', preferred_username: sub, groups: ['radiology'] }),
    }),
  });
  provider.on('grant.success', (ctx) => say({ granted: ctx.oidc.params.grant_type }));
  provider.on('grant.error', (ctx, error) => say({ refused: error.error }));
  provider.on('grant.revoked', () => say({ revoked: true }));
  server.on('request', provider.callback());
  say({ issuer });
});
