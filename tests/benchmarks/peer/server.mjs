// npm oidc-provider on PostgreSQL, set up as the provider under measure is: opaque tokens, RS256 ID tokens, PKCE, refresh
// tokens that rotate, pushed requests, registration open to anybody, one application of the authority that is never asked for
// consent, and a visitor who is signed in at once.
//
// node server.mjs PORT SOCKET_FOLDER DATABASE REDIRECT_URI

import { createRequire } from 'node:module';
import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const [port, folder, database, redirectUri] = process.argv.slice(2);
const peers = createRequire(new URL('../../peers/package.json', import.meta.url));
const { default: Provider } = await import(pathToFileURL(peers.resolve('oidc-provider')).href);
const pg = peers('pg');

const pool = new pg.Pool({ host: folder, user: 'postgres', database, max: 8 });
await pool.query(`CREATE TABLE rows (
  kind text, id text, payload jsonb NOT NULL, grant_id text, uid text, user_code text, expires_at timestamptz,
  consumed_at timestamptz, PRIMARY KEY (kind, id))`);
await pool.query('CREATE INDEX ON rows (grant_id)');
await pool.query('CREATE INDEX ON rows (uid)');

class Rows {
  constructor(kind) {
    this.kind = kind;
  }

  async upsert(id, payload, expiresIn) {
    await pool.query({
      name: 'upsert',
      text: `INSERT INTO rows (kind, id, payload, grant_id, uid, user_code, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
             ON CONFLICT (kind, id) DO UPDATE SET payload = $3, grant_id = $4, uid = $5, user_code = $6,
             expires_at = now() + $7 * interval '1 second'`,
      values: [this.kind, id, payload, payload.grantId, payload.uid, payload.userCode, expiresIn],
    });
  }

  async one(column, value) {
    const { rows } = await pool.query({
      name: `find by ${column}`,
      text: `SELECT payload, consumed_at FROM rows
             WHERE kind = $1 AND ${column} = $2 AND (expires_at IS NULL OR expires_at > now())`,
      values: [this.kind, value],
    });
    if (!rows.length) return undefined;
    return { ...rows[0].payload, ...(rows[0].consumed_at ? { consumed: true } : undefined) };
  }

  find(id) {
    return this.one('id', id);
  }

  findByUid(uid) {
    return this.one('uid', uid);
  }

  findByUserCode(userCode) {
    return this.one('user_code', userCode);
  }

  async consume(id) {
    await pool.query({
      name: 'consume',
      text: 'UPDATE rows SET consumed_at = now() WHERE kind = $1 AND id = $2',
      values: [this.kind, id],
    });
  }

  async destroy(id) {
    await pool.query({ name: 'destroy', text: 'DELETE FROM rows WHERE kind = $1 AND id = $2', values: [this.kind, id] });
  }

  async revokeByGrantId(grantId) {
    await pool.query({ name: 'revoke', text: 'DELETE FROM rows WHERE grant_id = $1', values: [grantId] });
  }
}

const client = {
  client_id: 'bench',
  client_secret: 'bench-secret-bench-secret-bench-secret',
  redirect_uris: [redirectUri],
  response_types: ['code', 'code id_token'],
  scope: 'openid profile email offline_access',
  grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
  token_endpoint_auth_method: 'client_secret_basic',
};
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(`http://localhost:${port}`, {
  adapter: Rows,
  clients: [client],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'bench' }] },
  cookies: { keys: ['a key of the benchmark'] },
  responseTypes: ['code', 'code id_token'],
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  claims: { openid: ['sub'], profile: ['given_name', 'family_name'], email: ['email', 'email_verified'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    registration: { enabled: true },
    registrationManagement: { enabled: true },
  },
  interactions: { url: (ctx, interaction) => `/sign-in/${interaction.uid}` },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  pkce: { required: () => true },
  ttl: {
    AccessToken: 600, AuthorizationCode: 600, ClientCredentials: 600, Grant: 86400, IdToken: 600, Interaction: 600,
    PushedAuthorizationRequest: 600, RefreshToken: 86400, Session: 86400,
  },
  async findAccount(ctx, sub) {
    return {
      accountId: sub,
      claims: async () => ({
        sub, given_name: 'Camille', family_name: 'Martin', email: 'camille@exemple.fr', email_verified: true,
      }),
    };
  },
  async loadExistingGrant(ctx) {
    const known = ctx.oidc.session.grantIdFor(ctx.oidc.client.clientId);
    if (known) return ctx.oidc.provider.Grant.find(known);
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope(client.scope);
    await grant.save();
    return grant;
  },
});
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/sign-in/')) return next();
  return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: 'camille.martin' } });
});
provider.listen(Number(port), '127.0.0.1');
