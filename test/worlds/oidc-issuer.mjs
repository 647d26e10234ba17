/* A real issuer of tokens, in a process of its own: node oidc-issuer.mjs; its first line of output is its address. */
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const scopes = ['feeds:read', 'orders:push', 'fulfil', 'observe', 'operate', 'configure', 'administer', 'persons:read']
const client = (client_id) => ({
  client_id,
  client_secret: `secret of ${client_id}`,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'client_secret_post',
})

const claims = {
  alder: { waldstream_connections: ['alder'], waldstream_systems: 'shop-alder' },
  everyone: { waldstream_connections: 'all', waldstream_systems: 'all' },
}

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [client('alder'), client('everyone'), client('stranger')],
    scopes,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: scopes.join(' '),
          audience: resource.replace('https://', ''),
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: (_ctx, token) => claims[token.clientId] ?? {},
  })
  server.on('request', provider.callback())
  console.log(issuer)
})
