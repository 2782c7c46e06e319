// A relying party made of npm openid-client and nothing else. It reads one JSON command a line and answers one JSON line;
// the browser between the steps is the test's.

import { createInterface } from 'node:readline';
import { webcrypto } from 'node:crypto';
import * as client from 'openid-client';

const method = process.argv[2];
const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
const readers = await webcrypto.subtle.generateKey(
  { name: 'RSA-OAEP', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
  true,
  ['encrypt', 'decrypt'],
);
let config;
let expected;
let tokens;
let device;

const authentication = {
  client_secret_basic: (secret) => client.ClientSecretBasic(secret),
  client_secret_post: (secret) => client.ClientSecretPost(secret),
  client_secret_jwt: (secret) => client.ClientSecretJwt(secret),
  private_key_jwt: () => client.PrivateKeyJwt({ key: keys.privateKey, kid: 'peer' }),
  none: () => client.None(),
};

const responses = { code: () => {}, 'code id_token': client.useCodeIdTokenResponseType, id_token: client.useIdTokenResponseType };

const ways = {
  plain: async (request) => client.buildAuthorizationUrl(config, request),
  pushed: async (request) => client.buildAuthorizationUrlWithPAR(config, request),
  signed: async (request) => client.buildAuthorizationUrlWithJAR(config, request, { key: keys.privateKey, kid: 'peer' }),
  async both(request) {
    return client.buildAuthorizationUrlWithPAR(config, (await ways.signed(request)).searchParams);
  },
};

const commands = {
  async encryptionKey() {
    const { kty, n, e } = await webcrypto.subtle.exportKey('jwk', readers.publicKey);
    return { kty, n, e, kid: 'reader', use: 'enc', alg: 'RSA-OAEP-256' };
  },

  async decrypt({ contents }) {
    client.enableDecryptingResponses(config, contents, { key: readers.privateKey, kid: 'reader' });
    return {};
  },

  async respond({ responseType }) {
    responses[responseType](config);
    return {};
  },

  async key() {
    const { kty, crv, x, y } = await webcrypto.subtle.exportKey('jwk', keys.publicKey);
    return { kty, crv, x, y, kid: 'peer', use: 'sig', alg: 'ES256' };
  },

  async discover({ issuer, clientId, secret, algorithm }) {
    const metadata = { id_token_signed_response_alg: algorithm };
    const options = { execute: [client.allowInsecureRequests] };
    config = await client.discovery(new URL(issuer), clientId, metadata, authentication[method](secret), options);
    return { pkce: config.serverMetadata().supportsPKCE() };
  },

  async register({ issuer, metadata, initialAccessToken }) {
    const options = { execute: [client.allowInsecureRequests], initialAccessToken };
    config = await client.dynamicClientRegistration(new URL(issuer), metadata, authentication[method](), options);
    return config.clientMetadata();
  },

  async start({ redirectUri, scope, more, way = 'plain' }) {
    const verifier = client.randomPKCECodeVerifier();
    expected = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
    const url = await ways[way]({
      redirect_uri: redirectUri,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: expected.expectedState,
      nonce: expected.expectedNonce,
      ...more,
    });
    return { url: url.href };
  },

  async finish({ url }) {
    tokens = await client.authorizationCodeGrant(config, new URL(url), { ...expected, idTokenExpected: true });
    return { claims: tokens.claims(), tokens };
  },

  async finishImplicit({ url }) {
    const { expectedNonce, expectedState } = expected;
    return { claims: await client.implicitAuthentication(config, new URL(url), expectedNonce, { expectedState }) };
  },

  async startDevice({ scope }) {
    device = await client.initiateDeviceAuthorization(config, { scope });
    return device;
  },

  async finishDevice() {
    tokens = await client.pollDeviceAuthorizationGrant(config, device);
    return { claims: tokens.claims() };
  },

  async askForItself({ scope }) {
    tokens = await client.clientCredentialsGrant(config, { scope });
    return tokens;
  },

  async userinfo() {
    return client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  },

  async refresh() {
    const former = tokens;
    tokens = { ...(await client.refreshTokenGrant(config, former.refresh_token)), claims: () => former.claims() };
    return { rotated: tokens.refresh_token !== former.refresh_token, access_token: tokens.access_token };
  },

  async introspect() {
    return client.tokenIntrospection(config, tokens.access_token);
  },

  async revoke() {
    await client.tokenRevocation(config, tokens.refresh_token);
    return {};
  },

  async logout({ redirectUri, idToken }) {
    const url = client.buildEndSessionUrl(config, { post_logout_redirect_uri: redirectUri, id_token_hint: idToken });
    return { url: url.href };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  try {
    process.stdout.write(`${JSON.stringify(await commands[command](given))}\n`);
  } catch (error) {
    const { message, code, error: refused, error_description: described } = error;
    process.stdout.write(`${JSON.stringify({ failed: { message, code, refused, described } })}\n`);
  }
}
