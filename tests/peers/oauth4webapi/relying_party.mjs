// A relying party made of npm oauth4webapi, one call of the library for each step of the protocol: it pushes what it asks
// (RFC 9126) and checks the signature of every ID token. It is driven as the one of openid-client is, a JSON command a line.

import { createInterface } from 'node:readline';
import * as oauth from 'oauth4webapi';

const method = process.argv[2];
const keys = await oauth.generateKeyPair('ES256', { extractable: true });
const local = { [oauth.allowInsecureRequests]: true };
let server;
let client;
let proof;
let expected;
let tokens;

const proofs = {
  client_secret_basic: (secret) => oauth.ClientSecretBasic(secret),
  client_secret_post: (secret) => oauth.ClientSecretPost(secret),
  private_key_jwt: () => oauth.PrivateKeyJwt({ key: keys.privateKey, kid: 'peer' }),
  none: () => oauth.None(),
};

const commands = {
  async key() {
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
    return { kty, crv, x, y, kid: 'peer', use: 'sig', alg: 'ES256' };
  },

  async discover({ issuer, clientId, secret, algorithm }) {
    const address = new URL(issuer);
    server = await oauth.processDiscoveryResponse(address, await oauth.discoveryRequest(address, local));
    client = { client_id: clientId, id_token_signed_response_alg: algorithm };
    proof = proofs[method](secret);
    return { pkce: server.code_challenge_methods_supported.includes('S256') };
  },

  async start({ redirectUri, scope, more }) {
    const verifier = oauth.generateRandomCodeVerifier();
    expected = { redirectUri, verifier, state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce() };
    const asked = {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: expected.state,
      nonce: expected.nonce,
      ...more,
    };
    const response = await oauth.pushedAuthorizationRequest(server, client, proof, asked, local);
    const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client, response);
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({ client_id: client.client_id, request_uri });
    return { url: url.href };
  },

  async finish({ url }) {
    const { redirectUri, verifier, state, nonce } = expected;
    const answer = oauth.validateAuthResponse(server, client, new URL(url), state);
    const response = await oauth.authorizationCodeGrantRequest(server, client, proof, answer, redirectUri, verifier, local);
    const options = { expectedNonce: nonce, requireIdToken: true };
    tokens = await oauth.processAuthorizationCodeResponse(server, client, response, options);
    await oauth.validateApplicationLevelSignature(server, response, local);
    return { claims: oauth.getValidatedIdTokenClaims(tokens), tokens };
  },

  async userinfo() {
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const response = await oauth.userInfoRequest(server, client, tokens.access_token, local);
    return oauth.processUserInfoResponse(server, client, sub, response);
  },

  async refresh() {
    const former = tokens;
    const response = await oauth.refreshTokenGrantRequest(server, client, proof, former.refresh_token, local);
    tokens = await oauth.processRefreshTokenResponse(server, client, response);
    await oauth.validateApplicationLevelSignature(server, response, local);
    return { rotated: tokens.refresh_token !== former.refresh_token };
  },

  async introspect() {
    const response = await oauth.introspectionRequest(server, client, proof, tokens.access_token, local);
    return oauth.processIntrospectionResponse(server, client, response);
  },

  async revoke() {
    const response = await oauth.revocationRequest(server, client, proof, tokens.refresh_token, local);
    await oauth.processRevocationResponse(response);
    return {};
  },

  async logout({ redirectUri, idToken }) {
    const url = new URL(server.end_session_endpoint);
    url.search = new URLSearchParams({ post_logout_redirect_uri: redirectUri, id_token_hint: idToken });
    return { url: url.href };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  try {
    process.stdout.write(`${JSON.stringify(await commands[command](given))}\n`);
  } catch ({ message, code, cause }) {
    process.stdout.write(`${JSON.stringify({ failed: { message, code, cause: String(cause) } })}\n`);
  }
}
